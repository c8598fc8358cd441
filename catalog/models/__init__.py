"""What can be watched: films and series, their seasons and episodes, who made them, and what they are about."""

from catalog.models.people import Credit, CreditRole, Person
from catalog.models.search import SearchDocument, SearchTerm
from catalog.models.series import Episode, Season
from catalog.models.shelves import Collection, CollectionItem, Genre
from catalog.models.titles import ExternalId, RelationKind, Title, TitleRelation, TitleStatus, TitleType
from catalog.models.vectors import ContentVector, SentenceVector

__all__ = [
    "Collection",
    "CollectionItem",
    "ContentVector",
    "Credit",
    "CreditRole",
    "Episode",
    "ExternalId",
    "Genre",
    "Person",
    "RelationKind",
    "SearchDocument",
    "SearchTerm",
    "Season",
    "SentenceVector",
    "Title",
    "TitleRelation",
    "TitleStatus",
    "TitleType",
]
