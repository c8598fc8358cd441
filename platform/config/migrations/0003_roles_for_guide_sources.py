"""Who looks after the guide looks after where it comes from, too; what imports did is there to be read."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ALL = ("view", "add", "change", "delete")
VIEW = ("view",)
SOURCES = ("guidesource", "guidesourcechannel")
IMPORTS = ("guideimport",)
ROLES = {
    "Guide editors": ((SOURCES, ALL), (IMPORTS, VIEW)),
    "Viewers (read only)": ((SOURCES, VIEW), (IMPORTS, VIEW)),
}


def extend_roles(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after the last migration of all, which is too late here.
    config = apps.get_app_config("epg")
    config.models_module = True
    create_permissions(config, apps=apps, using=using, verbosity=0)
    config.models_module = None
    fill_roles(apps, using)


def fill_roles(apps, using):
    """Of the roles that are still there; a superuser may have removed one."""
    for role, found in _grants(apps, using):
        role.permissions.add(*found)


def take_back(apps, schema_editor):
    for role, found in _grants(apps, schema_editor.connection.alias):
        role.permissions.remove(*found)


def _grants(apps, using):
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for role in apps.get_model("auth", "Group").objects.using(using).filter(name__in=ROLES):
        codenames = [
            f"{action}_{model}" for models, actions in ROLES[role.name] for model in models for action in actions
        ]
        yield role, list(permissions.filter(content_type__app_label="epg", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0002_roles_for_collections_and_relations"),
        ("epg", "0003_guide_sources_and_reminders"),
    ]

    operations = [migrations.RunPython(extend_roles, take_back)]
