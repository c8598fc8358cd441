"""Mail to the owners of accounts, sent beside the requests: nobody waits for a mail server.

How long a request takes must not tell whether there is an account, and a mail server that hangs must not hold up
the service. A few threads of each process send; what is still waiting when the process ends in peace is sent first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger("marquee.mail")

MOST_WAITING: Final = 200
# The thread's own work must not slow down the answer during which it was asked for.
PAUSE_SECONDS: Final = 0.2

_room = BoundedSemaphore(MOST_WAITING)


def send_reset_link(*, user: User, link: str) -> None:
    """The link that sets a new password. Waits for the mail server: for `beside_the_request`."""
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    _send(user, "Choose a new password", "password_reset", {"link": link, "minutes": minutes})


def send_password_changed(*, user: User) -> None:
    """Tell the owner, who may not be the one who changed it. Waits for the mail server: for `beside_the_request`."""
    _send(user, "Your password was changed", "password_changed", {})


def beside_the_request(work: Callable[[], None]) -> None:
    """Do this soon, in another thread. A failure is logged, and so is work that finds no room; nobody is told."""
    if not settings.MAIL_THREADS:
        _attempt(work)
    elif _room.acquire(blocking=False):
        _threads().submit(_later, work)
    else:
        logger.error("%s mails are waiting already: one more is dropped", MOST_WAITING)


@cache
def _threads() -> ThreadPoolExecutor:
    # Made at the first mail and not before: no thread of the process a worker was forked from lives on in it.
    return ThreadPoolExecutor(settings.MAIL_THREADS, thread_name_prefix="mail")


def _later(work: Callable[[], None]) -> None:
    time.sleep(PAUSE_SECONDS)
    try:
        _attempt(work)
    finally:
        connections.close_all()
        _room.release()


def _attempt(work: Callable[[], None]) -> None:
    try:
        work()
    except OSError as error:  # what smtplib and sockets raise; their texts may hold addresses
        logger.error("a mail could not be sent (%s)", type(error).__name__)  # noqa: TRY400
    except Exception:  # the outermost edge of a thread: nothing else would ever be heard of it
        logger.exception("a mail could not be made")


def _send(user: User, subject: str, template: str, values: dict[str, Any]) -> None:
    text, page = (render_to_string(f"accounts/mail/{template}.{kind}", values) for kind in ("txt", "html"))
    # Nobody's holiday notice answers it (RFC 3834).
    mail = EmailMultiAlternatives(subject, text, to=[user.email], headers={"Auto-Submitted": "auto-generated"})
    mail.attach_alternative(page, "text/html")
    mail.send()
