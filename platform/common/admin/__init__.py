"""What the admin site has in every room: literal searches, rows that are deleted softly, and the audit trail."""

from common.admin.search import LiteralSearch
from common.admin.soft_delete import LinksToDeletable, SoftDeletableAdmin
from common.admin.trail import AuditTrailAdmin

__all__ = ["AuditTrailAdmin", "LinksToDeletable", "LiteralSearch", "SoftDeletableAdmin"]
