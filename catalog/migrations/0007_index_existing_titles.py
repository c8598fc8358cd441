"""What search reads of the titles that are there.

In batches of their own rather than one transaction: stopped, it goes on where it was. Only columns that the tables have
by now are written, whatever `describe` knows by then.
"""

from django.db import migrations

from catalog.search.reading import describe, source_of, sources
from catalog.search.terms import refresh_terms

BATCH = 500


def index_titles(apps, schema_editor):
    using = schema_editor.connection.alias
    model = {name: apps.get_model("catalog", name) for name in ("Title", "Credit", "Genre", "SearchDocument")}
    managers = {name: each._base_manager.using(using) for name, each in model.items()}
    columns = {field.attname for field in model["SearchDocument"]._meta.concrete_fields}
    ids = list(managers["Title"].filter(search_document=None).order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), BATCH):
        titles = managers["Title"].filter(id__in=ids[start : start + BATCH])
        rows = sources(titles, people=managers["Credit"], shelves=managers["Genre"])
        described = [{"title_id": row["id"], **describe(source_of(row))} for row in rows]
        documents = [{name: row[name] for name in row.keys() & columns} for row in described]
        managers["SearchDocument"].bulk_create([model["SearchDocument"](**row) for row in documents])


def count_terms(apps, schema_editor):
    using = schema_editor.connection.alias
    documents, terms = (apps.get_model("catalog", name)._base_manager for name in ("SearchDocument", "SearchTerm"))
    if documents.using(using).exists():
        refresh_terms(documents.using(using), terms.using(using))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0006_vectors_by_model")]

    operations = [
        migrations.RunPython(index_titles, migrations.RunPython.noop),
        migrations.RunPython(count_terms, migrations.RunPython.noop),
    ]
