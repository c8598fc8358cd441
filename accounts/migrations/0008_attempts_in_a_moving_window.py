import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_api_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="attemptcounter",
            name="recent",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(),
                blank=True,
                default=list,
                help_text="When the failures of an address's window were.",
                size=None,
            ),
        ),
    ]
