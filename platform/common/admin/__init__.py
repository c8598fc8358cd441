"""What the admin site has in every room: literal searches, safe saving, soft deletion, and the audit trail."""

from common.admin.external_ids import ExternalIdForm
from common.admin.saving import SafeSaving
from common.admin.search import LiteralSearch
from common.admin.soft_delete import LinksToDeletable, SoftDeletableAdmin
from common.admin.trail import AuditTrailAdmin

__all__ = [
    "AuditTrailAdmin",
    "ExternalIdForm",
    "LinksToDeletable",
    "LiteralSearch",
    "SafeSaving",
    "SoftDeletableAdmin",
]
