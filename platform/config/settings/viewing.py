"""Viewing: whose clock counts, how durable a position is, how many streams an account has."""

from config import env

# How far a player's clock may be ahead of ours; what it has seen later than that, it has seen now.
HEARTBEAT_CLOCK_TOLERANCE_SECONDS = env.whole_number("HEARTBEAT_CLOCK_TOLERANCE_SECONDS", default=10, maximum=3_600)
# Off: an answered heartbeat may be lost when the database's machine fails within some moments (asynchronous commit).
HEARTBEAT_DURABLE = env.flag("HEARTBEAT_DURABLE", default=True)
# Streams of one account at the same time.
STREAM_LIMIT = env.whole_number("STREAM_LIMIT", default=3, minimum=1, maximum=1_000)
# A stream that is silent for longer gives its place back.
STREAM_STALE_SECONDS = env.whole_number("STREAM_STALE_SECONDS", default=120, minimum=30, maximum=86_400)
# How far back `GET /viewing/changes` can tell; a client that asks less often loads everything anew.
VIEWING_CHANGES_DAYS = env.whole_number("VIEWING_CHANGES_DAYS", default=30, minimum=1, maximum=3_650)
