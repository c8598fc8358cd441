"""Saving the guide in the admin site while an import is at work."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from common.admin import SafeSaving
from epg.locks import for_a_moment

Row = TypeVar("Row", bound=models.Model)


class PatientSaving(SafeSaving[Row]):
    """Waits a moment for what an import has, and then says that the guide is busy."""

    def _locked_view(self, *args: Any) -> Any:
        with for_a_moment():
            return super()._locked_view(*args)
