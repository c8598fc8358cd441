"""How often somebody may guess: wrong passwords, and mails about a forgotten one."""

from datetime import timedelta

from common.rates import Rate
from config import env

# So many wrong passwords in a row, and nobody signs in to the account for a while.
LOGIN_FAILURES_PER_ACCOUNT = env.whole_number("LOGIN_FAILURES_PER_ACCOUNT", default=5, minimum=1, maximum=1_000)
# So many in a minute from one address, or one IPv6 /64, and it waits until the minute is over.
LOGIN_FAILURES_PER_ADDRESS = Rate(
    env.whole_number("LOGIN_FAILURES_PER_ADDRESS", default=5, minimum=1, maximum=100_000), seconds=60
)
LOGIN_LOCK = timedelta(minutes=env.whole_number("LOGIN_LOCK_MINUTES", default=15, minimum=1, maximum=1_440))
LOGIN_LONGEST_LOCK = timedelta(hours=env.whole_number("LOGIN_LOCK_MAX_HOURS", default=24, minimum=1, maximum=8_760))
if LOGIN_LONGEST_LOCK < LOGIN_LOCK:
    raise env.refuse("LOGIN_LOCK_MAX_HOURS must not be shorter than LOGIN_LOCK_MINUTES.")

RESET_MAILS_PER_ACCOUNT = Rate(5, seconds=3_600)
RESET_MAILS_PER_ADDRESS = Rate(20, seconds=3_600)
