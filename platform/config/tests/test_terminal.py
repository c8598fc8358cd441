"""What an operator's terminal shows when things are not as they should be: one sentence, and an exit code."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from config.tests.start_up import MANAGE, ROOT, environment, run


@pytest.mark.parametrize(
    "command",
    [["refresh_guides"], ["purge_deleted"], ["purge_deleted", "--dry-run"], ["import_guide", "README.md"]],
    ids=" ".join,
)
def test_without_a_database_it_is_a_sentence(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "guide.xml").write_text('<tv><channel id="one.demo"/></tv>')
    ended = run([*MANAGE, *[word.replace("README.md", str(tmp_path / "guide.xml")) for word in command]])
    assert ended.returncode == 1
    *_, last = ended.stderr.splitlines()
    assert last.startswith("CommandError: The database: ")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "“Kåre” 火"), ("latin-1", "?Kåre? ?"), ("ascii", "?K?re? ?")],
    ids=["utf-8", "latin-1", "ascii"],
)
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_a_terminal_has_no_letter_for_does_not_break_a_command_off(encoding: str, shown: str, stream: str) -> None:
    ended = subprocess.run(  # noqa: S603 - our own words
        [*MANAGE, "shell", "-c", f"import sys; sys.{stream}.write('“Kåre” 火\\n')"],
        cwd=ROOT,
        env=environment(PYTHONIOENCODING=encoding, PYTHONUTF8="1"),
        capture_output=True,
        check=True,
    )
    assert shown.encode(encoding) in getattr(ended, stream)


@pytest.mark.parametrize("command", ["import_guide", "import_channels", "import_titles"])
def test_standard_input_that_is_closed_is_a_sentence(command: str) -> None:
    ended = run(["sh", "-c", f'"$0" "$1" {command} - <&-', *MANAGE])
    assert ended.returncode == 1
    assert "Standard input is closed." in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("number", [1, 2], ids=["stdout", "stderr"])
def test_an_output_that_is_closed_does_not_break_a_command_off(number: int) -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr)"
    ended = run(["sh", "-c", f'"$0" "$1" shell --no-imports -c "{program}" {number}>&-', *MANAGE])
    assert ended.returncode == 0
    assert (ended.stderr == "err\n") if number == 1 else (ended.stdout == "out\n")
