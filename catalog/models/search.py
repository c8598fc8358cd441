"""What search reads: the words of each title, and how common each word is."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.titles import Title
from catalog.search.reading import KEY_LENGTH


class SearchDocument(models.Model):
    """The words of one title as `catalog.search.documents` reads them; never written by hand.

    `words` holds stems: weight A its title, B its people, C its genres and tags, D what it tells; and what people
    type letter by letter, the words of the title and the names, as they are. `trigrams` finds misspelt titles.
    """

    title = models.OneToOneField(Title, on_delete=models.CASCADE, primary_key=True, related_name="search_document")
    folded_title = models.CharField(max_length=KEY_LENGTH, db_collation="C", db_index=True)
    words = SearchVectorField()
    trigrams = SearchVectorField()
    trigram_count = models.PositiveSmallIntegerField()
    # How much is known of the title, around 1: of two that fit, the one that is told about at length comes first.
    fullness = models.FloatField()
    # Of what it was written from: as long as that stays, nothing needs to be written.
    digest = models.CharField(max_length=32)

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["trigrams"], name="search_trigrams"),
        ]

    def __str__(self) -> str:
        return self.folded_title


class SearchTerm(models.Model):
    """In how many titles a word, or `~` and a trigram, occurs; under "" how many titles there are.

    Only approximate, and only for what is common: what is not listed is rare.
    """

    term = models.CharField(max_length=60, primary_key=True, db_collation="C")
    documents = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.term}: {self.documents}"
