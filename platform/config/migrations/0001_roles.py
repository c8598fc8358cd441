"""The roles of staff, as Django's groups: what a group may do holds in the admin site and in the admin API alike.

Superusers may change them; this is what they begin with.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ALL = ("view", "add", "change", "delete")
VIEW = ("view",)
CATALOGUE = ("catalog", ("title", "season", "episode", "person", "credit", "genre", "externalid"))
GUIDE = ("epg", ("channel", "channelexternalid", "programme"))

ROLES = {
    "Catalogue editors": [(CATALOGUE, ALL)],
    "Guide editors": [(GUIDE, ALL), (("catalog", ("title",)), VIEW)],
    # What of an account support may change is narrowed further in the admin site and in the API.
    "Support": [
        (("accounts", ("user", "profile", "session", "securityevent")), VIEW),
        (("accounts", ("user",)), ("change",)),
    ],
    "Viewers (read only)": [(CATALOGUE, VIEW), (GUIDE, VIEW), (("auditlog", ("logentry",)), VIEW)],
}


def make_roles(apps, schema_editor):
    using = schema_editor.connection.alias
    _make_permissions(apps, using)
    fill_roles(apps, using)


def fill_roles(apps, using):
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, rules in ROLES.items():
        role, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        for (app, models), actions in rules:
            codenames = {f"{action}_{model}" for model in models for action in actions}
            found = permissions.filter(content_type__app_label=app, codename__in=codenames)
            assert {permission.codename for permission in found} == codenames
            role.permissions.add(*found)


def _make_permissions(apps, using):
    """Django makes them after the last migration of all, which is too late here."""
    for label in ("accounts", "catalog", "epg", "auditlog"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, using=using, verbosity=0)
        config.models_module = None


def remove_roles(apps, schema_editor):
    using = schema_editor.connection.alias
    apps.get_model("auth", "Group").objects.using(using).filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_api_keys"),
        ("auditlog", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("catalog", "0003_title_soft_delete_and_metadata"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("epg", "0002_channel_soft_delete_and_metadata"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
