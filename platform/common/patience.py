"""How long a request over the web waits for what somebody else has locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.db import OperationalError, transaction

from common.db import gave_up_waiting, wait_at_most
from common.errors import BusyError

# An import may hold what it has written for minutes. A few requests that waited for it would keep all others waiting.
PATIENCE: Final = timedelta(seconds=2)


@contextmanager
def for_a_moment(refusal: type[BusyError] = BusyError) -> Iterator[None]:
    """Run the block in a transaction that waits for the locks of others only so long; for requests over the web.

    Raises `refusal` where it was not long enough. Commands and imports wait as long as it takes.
    """
    try:
        with transaction.atomic():
            wait_at_most(PATIENCE)
            yield
    except OperationalError as error:
        if not gave_up_waiting(error):
            raise
        raise refusal from None
