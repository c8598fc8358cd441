import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_tokens_join_sessions"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="refreshtoken",
            name="family",
        ),
        migrations.RemoveField(
            model_name="refreshtoken",
            name="revoked_at",
        ),
        migrations.RemoveField(
            model_name="refreshtoken",
            name="user",
        ),
        migrations.AlterField(
            model_name="refreshtoken",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="refresh_tokens", to="accounts.session"
            ),
        ),
    ]
