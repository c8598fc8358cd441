"""What search reads, filled for the titles that are there."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from catalog.search.reading import describe, source_of, sources

BATCH = 500


def index_titles(apps, schema_editor):
    using = schema_editor.connection.alias
    model = {name: apps.get_model("catalog", name) for name in ("Title", "Credit", "Genre", "SearchDocument")}
    managers = {name: each._base_manager.using(using) for name, each in model.items()}
    ids = list(managers["Title"].order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), BATCH):
        titles = managers["Title"].filter(id__in=ids[start : start + BATCH])
        rows = sources(titles, people=managers["Credit"], shelves=managers["Genre"])
        documents = [model["SearchDocument"](title_id=row["id"], **describe(source_of(row))) for row in rows]
        managers["SearchDocument"].bulk_create(documents)


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
        migrations.RunPython(index_titles, migrations.RunPython.noop),
    ]
