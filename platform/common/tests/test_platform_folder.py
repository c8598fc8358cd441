"""`platform/` is a plain folder: it must never shadow the standard library's module."""

import platform
from pathlib import Path


def test_import_platform_is_the_standard_one() -> None:
    assert platform.system() in {"Linux", "Darwin", "Windows"}


def test_the_platform_folder_is_not_a_package() -> None:
    assert not (Path(__file__).resolve().parents[2] / "__init__.py").exists()
