import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_token_belongs_to_session"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttemptCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "Sign-ins to an account"),
                            ("address", "Sign-ins from an address"),
                            ("reset_account", "Password resets of an account"),
                            ("reset_address", "Password resets from an address"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(max_length=64)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("window_started_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "locks",
                    models.PositiveIntegerField(
                        default=0, help_text="Locks in a row; each is twice as long as the one before."
                    ),
                ),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("refresh_reused", "A spent refresh token was presented again"),
                            ("account_locked", "Too many wrong passwords"),
                            ("account_unlocked", "Unlocked by staff"),
                            ("password_changed", "Password changed"),
                            ("password_reset", "Password reset by e-mail"),
                            ("sessions_revoked", "Signed out of devices"),
                        ],
                        max_length=30,
                    ),
                ),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("detail", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "ordering": ["-happened_at", "-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="attemptcounter",
            constraint=models.UniqueConstraint(fields=("kind", "subject"), name="attempts_counted_once"),
        ),
        migrations.AddConstraint(
            model_name="attemptcounter",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["account", "address", "reset_account", "reset_address"])),
                name="attempt_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="securityevent",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="security_events", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="securityevent",
            index=models.Index(fields=["user", "-happened_at"], name="security_events_of_user"),
        ),
        migrations.AddConstraint(
            model_name="securityevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "refresh_reused",
                            "account_locked",
                            "account_unlocked",
                            "password_changed",
                            "password_reset",
                            "sessions_revoked",
                        ],
                    )
                ),
                name="security_event_kind_known",
            ),
        ),
    ]
