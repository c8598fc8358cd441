"""The index that finds near sentences without looking at all of them, where there are many."""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.indexes import OpClass
from django.db import connection
from django.db.models import Index, Q
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField, HnswIndex

from catalog.models import SentenceVector
from catalog.vectors.providers import Stamp
from common import db

# With fewer rows reading them all takes no longer, and finds everything.
INDEX_FROM: Final = 50_000
PREFIX: Final = "sentence_hnsw_"


def fixed_length(stamp: Stamp) -> Cast:
    """The vector as the index has it: the column takes any length, an index only one."""
    return Cast("vector", HalfVectorField(dimensions=stamp.dimension))


def index_of(stamp: Stamp) -> HnswIndex:
    """Of the rows of one model alone."""
    return HnswIndex(
        OpClass(fixed_length(stamp), name="halfvec_ip_ops"),
        name=PREFIX + stamp.digest,
        m=16,
        ef_construction=64,
        condition=Q(**stamp._asdict()),
    )


def keep_index(stamp: Stamp) -> None:
    """Make the index once there are rows enough, and drop those of other models.

    Its length and its model come from the provider, which no migration knows. Searches go on while it is made: the
    others are dropped in a transaction of their own, for a drop keeps everybody waiting until its transaction ends.
    """
    wanted = index_of(stamp)
    there = {name for name in db.index_names(SentenceVector._meta.db_table) if name.startswith(PREFIX)}
    is_worth_it = SentenceVector.objects.filter(**stamp._asdict()).count() >= INDEX_FROM
    if is_worth_it and wanted.name not in there:
        with connection.schema_editor() as editor:
            db.take_memory_for_index()
            editor.add_index(SentenceVector, wanted)
    for name in there - {wanted.name}:
        with connection.schema_editor() as editor:
            editor.remove_index(SentenceVector, Index(fields=["title"], name=name))
