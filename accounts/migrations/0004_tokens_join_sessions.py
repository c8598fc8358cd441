from django.db import migrations
from django.db.models import Max, Min


def make_sessions(apps, schema_editor):
    """Every family of tokens becomes a session, revoked if any of its tokens was."""
    RefreshToken = apps.get_model("accounts", "RefreshToken")
    Session = apps.get_model("accounts", "Session")
    families = RefreshToken.objects.values("family", "user").annotate(
        begun=Min("created_at"), used=Max("created_at"), ends=Max("expires_at"), revoked=Max("revoked_at")
    )
    for family in families.order_by().iterator():
        session = Session.objects.create(
            id=family["family"],
            user_id=family["user"],
            created_at=family["begun"],
            last_used_at=family["used"],
            expires_at=family["ends"],
            revoked_at=family["revoked"],
        )
        RefreshToken.objects.filter(family=family["family"]).update(session=session)


def split_sessions(apps, schema_editor):
    """Back: every token gets the family, the account and the revocation of its session."""
    RefreshToken = apps.get_model("accounts", "RefreshToken")
    for token in RefreshToken.objects.select_related("session").iterator():
        token.family, token.user_id = token.session_id, token.session.user_id
        token.revoked_at = token.session.revoked_at
        token.save()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sessions"),
    ]

    operations = [
        migrations.RunPython(make_sessions, split_sessions),
    ]
