"""The audit trail (django-auditlog): what is recorded of whom. `common.audit` says who writes."""

# By model: columns to leave out, columns whose content is not repeated, many-to-many fields. A model of the
# catalogue, the guide or the accounts that is missing here stands with a reason in
# platform/config/tests/test_audit_trail.py.
AUDITED_MODELS: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts.User": {
        "without": ("last_login",),
        "masked": ("password",),
        "m2m": ("groups", "user_permissions"),
    },
    "accounts.Profile": {},
    # The id is the prefix once more.
    "accounts.ApiKey": {"without": ("id", "hashed_key", "last_used_at")},
    "auth.Group": {"m2m": ("permissions",)},
    "catalog.Title": {"without": ("updated_at",), "m2m": ("genres",)},
    "catalog.ExternalId": {},
    "catalog.Genre": {},
    "catalog.Person": {},
    "catalog.Credit": {},
    "catalog.Season": {},
    "catalog.Episode": {},
    "catalog.TitleRelation": {},
    "catalog.Collection": {},
    "catalog.CollectionItem": {},
    "epg.Channel": {"without": ("appearance_changed_at",)},
    "epg.ChannelExternalId": {},
    # What a refresh notes is no change of anybody's. The address may hold a password.
    "epg.GuideSource": {
        "without": ("etag", "last_modified", "setup_mark", "checked_at", "imported_at", "last_result", "last_error"),
        "masked": ("url",),
    },
    "epg.GuideSourceChannel": {},
    "epg.Programme": {"without": ("changed_at", "guide_digest", "source")},
}
# Before and after as they are: nothing is null and not the word "None", a list is a list.
AUDITLOG_STORE_JSON_CHANGES = True
# A row is compared with what it was; the default manager would not find a deleted one.
AUDITLOG_USE_BASE_MANAGER = True
# The library's middleware is not installed: it believes any X-Forwarded-For, and nobody sends correlation ids.
AUDITLOG_CID_HEADER = None
