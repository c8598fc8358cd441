"""A title as an import understands it: cleaned, checked, and free of the names its source used."""

from catalog.records.cast import MOST_CREDITS, CreditRecord, person_name
from catalog.records.errors import RefusedError
from catalog.records.keys import decoded_key
from catalog.records.names import TARGETS
from catalog.records.series import EpisodeRecord, SeasonRecord
from catalog.records.shelves import CollectionRecord, GenreRecord, Key, RelationRecord
from catalog.records.texts import first_sentence
from catalog.records.title import TitleRecord, to_record

__all__ = [
    "MOST_CREDITS",
    "TARGETS",
    "CollectionRecord",
    "CreditRecord",
    "EpisodeRecord",
    "GenreRecord",
    "Key",
    "RefusedError",
    "RelationRecord",
    "SeasonRecord",
    "TitleRecord",
    "decoded_key",
    "first_sentence",
    "person_name",
    "to_record",
]
