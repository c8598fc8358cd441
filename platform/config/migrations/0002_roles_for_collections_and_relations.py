"""Who looks after titles looks after collections and relations, too."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ALL = ("view", "add", "change", "delete")
VIEW = ("view",)
MODELS = ("collection", "collectionitem", "titlerelation")
ROLES = {"Catalogue editors": ALL, "Viewers (read only)": VIEW}


def extend_roles(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after the last migration of all, which is too late here.
    config = apps.get_app_config("catalog")
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
        codenames = [f"{action}_{model}" for model in MODELS for action in ROLES[role.name]]
        yield role, list(permissions.filter(content_type__app_label="catalog", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("config", "0001_roles"), ("catalog", "0004_title_life_cycle")]

    operations = [migrations.RunPython(extend_roles, take_back)]
