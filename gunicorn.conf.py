"""How gunicorn serves Marquee: `gunicorn` in this folder is all it takes.

The settings are imported here, in the master, because a refusal to start inside a worker would make the master
start workers for ever.
"""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from common import embedded
from config import settings

is_demo = bool(os.environ.get("MARQUEE_DEMO"))

wsgi_app = "config.wsgi:application"
bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
workers = settings.WORKERS
timeout = settings.REQUEST_TIMEOUT_SECONDS
# A worker that is only just starting does not hear a Ctrl-C; nobody waits long for it in the demo.
graceful_timeout = 3 if is_demo else settings.REQUEST_TIMEOUT_SECONDS
accesslog = None if is_demo else "-"
# A search of 2,000 characters arrives, percent-encoded spaces and all; the default is 4,094, the most is 8,190.
limit_request_line = 8190
loglevel = "warning" if is_demo else "info"
# It would lie in the home folder, and all servers of one user share it; signals do what is needed.
control_socket_disable = True


PR_SET_PDEATHSIG = 1


def when_ready(server: Any) -> None:
    """Say what the operator may not expect of this configuration."""
    from config.checks import advice

    for sentence in advice():
        server.log.warning(sentence)


def post_fork(server: Any, worker: Any) -> None:
    """End with the master, even if that was killed: an orphan would hold the port and go on answering."""
    embedded.disown()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def post_worker_init(worker: Any) -> None:
    """The application is loaded. When all workers are up, show the demo's addresses and accounts, if it is the demo."""
    # What is there by now stays for ever: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    if is_demo and worker.age == settings.WORKERS:
        from config.demo import ACCOUNTS_FILE
        from config.demo.banner import banner

        print(banner(port=settings.PORT, accounts_file=settings.DATA_DIR / ACCOUNTS_FILE), flush=True)  # noqa: T201


def on_exit(server: Any) -> None:
    """Stopped."""
    if is_demo:
        print("Stopped. `make demo` goes on where you left.", flush=True)  # noqa: T201
