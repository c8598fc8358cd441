#!/usr/bin/env python
"""Marquee's one entry point for operators. `manage.py help` lists the commands."""

import io
import os
import sys
from pathlib import Path


def main() -> None:
    """Run one management command."""
    _print_anything()
    # Behind the project's root, so that `import platform` stays the standard library's.
    sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from common import audit

    audit.write_as(audit.operator(sys.argv[1] if len(sys.argv) > 1 else "help"))
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


def _print_anything() -> None:
    """No command breaks off because a terminal has no letter for something and shows a "?", or is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - for as long as this process runs
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
