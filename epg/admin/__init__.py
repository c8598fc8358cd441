"""Channels, the guide, where guides come from and what their imports did, in the admin site."""

from epg.admin.channels import ChannelAdmin
from epg.admin.imports import GuideImportAdmin
from epg.admin.programmes import ProgrammeAdmin
from epg.admin.source_names import GuideSourceChannelAdmin
from epg.admin.sources import GuideSourceAdmin

__all__ = ["ChannelAdmin", "GuideImportAdmin", "GuideSourceAdmin", "GuideSourceChannelAdmin", "ProgrammeAdmin"]
