"""What search reads; filled by 0007, for a change of tables and the writing of rows do not share a transaction."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_title_life_cycle")]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "title",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_document",
                        serialize=False,
                        to="catalog.title",
                    ),
                ),
                ("folded_title", models.CharField(db_collation="C", db_index=True, max_length=200)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("trigrams", django.contrib.postgres.search.SearchVectorField()),
                ("trigram_count", models.PositiveSmallIntegerField()),
                ("fullness", models.FloatField()),
                ("digest", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                ("term", models.CharField(db_collation="C", max_length=60, primary_key=True, serialize=False)),
                ("documents", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="searchdocument",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="search_words"),
        ),
        migrations.AddIndex(
            model_name="searchdocument",
            index=django.contrib.postgres.indexes.GinIndex(fields=["trigrams"], name="search_trigrams"),
        ),
    ]
