from django.db import migrations
from django.db.models import Case, F, When


def tell_what_is_known(apps, schema_editor):
    """A bookmark was last seen where it is when it was saved; a finished one was finished once."""
    finished = Case(When(completed=True, then=1), default=0)
    bookmarks = apps.get_model("viewing", "Bookmark").objects.order_by()
    bookmarks.update(observed_at=F("updated_at"), times_finished=finished)
    apps.get_model("viewing", "WatchlistItem").objects.order_by().update(changed_at=F("added_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("viewing", "0003_conflict_safe_viewing_state"),
    ]

    operations = [migrations.RunPython(tell_what_is_known, migrations.RunPython.noop)]
