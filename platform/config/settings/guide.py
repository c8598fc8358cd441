"""The guide: how much of one is read, how long that may take, and how long what was on is kept."""

from config import env

# Of one guide, unpacked. A compressed file of some kilobytes may hold gigabytes.
GUIDE_MAX_MEGABYTES = env.whole_number("GUIDE_MAX_MEGABYTES", default=4_096, minimum=1, maximum=1_048_576)
# For all of one guide, redirects and the last byte included.
GUIDE_FETCH_TIMEOUT_SECONDS = env.whole_number("GUIDE_FETCH_TIMEOUT_SECONDS", default=900, minimum=1, maximum=86_400)
# How far back `GET /epg/changes` can tell; a client that asks less often fetches the guide anew.
GUIDE_CHANGES_DAYS = env.whole_number("GUIDE_CHANGES_DAYS", default=14, minimum=1, maximum=3_650)
# How long programmes that are over are kept, and never less than the catch-up window of their channel; 0: for ever.
GUIDE_KEEP_DAYS = env.whole_number("GUIDE_KEEP_DAYS", default=365, maximum=36_500)
