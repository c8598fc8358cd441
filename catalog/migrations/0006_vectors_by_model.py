import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_search_documents")]

    operations = [
        migrations.RenameField("contentvector", "provider", "model"),
        migrations.AlterField("contentvector", "model", models.CharField(max_length=200)),
        # The rows there are come from the only model there was, of 128 numbers. Without the fingerprint of a text they
        # count as stale, and serve until they are computed anew.
        migrations.AddField(
            "contentvector", "version", models.CharField(default="1", max_length=64), preserve_default=False
        ),
        migrations.AddField(
            "contentvector", "dimension", models.PositiveSmallIntegerField(default=128), preserve_default=False
        ),
        migrations.AddField(
            "contentvector",
            "text_hash",
            models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex("contentvector", models.Index(fields=["model", "version"], name="content_vector_model")),
        migrations.CreateModel(
            name="SentenceVector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=200)),
                ("version", models.CharField(max_length=64)),
                ("dimension", models.PositiveSmallIntegerField()),
                ("text_hash", models.CharField(blank=True, max_length=32)),
                ("position", models.PositiveSmallIntegerField()),
                ("vector", pgvector.django.halfvec.HalfVectorField()),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sentence_vectors", to="catalog.title"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("title", "position"), name="sentence_once")],
            },
        ),
    ]
