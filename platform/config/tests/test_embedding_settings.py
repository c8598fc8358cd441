"""Who computes vectors is chosen in the environment; what cannot work together ends the start-up in one sentence."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from config.env import StartupRefused
from config.secrecy import Secret
from config.tests.start_up import settings_from

ENDPOINT: dict[str, str | None] = {
    "EMBEDDING_PROVIDER": "openai",
    "EMBEDDING_URL": "https://api.example.com/v1/",
    "EMBEDDING_MODEL": "text-embedding-3-small",
    "EMBEDDING_DIMENSION": "1536",
    "EMBEDDING_API_KEY": "sk-0123456789",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a model, as far as the start-up looks."""
    (tmp_path / "onnx").mkdir()
    for name in ("onnx/model.onnx", "tokenizer.json"):
        (tmp_path / name).touch()
    return tmp_path


def test_the_catalogues_own_words_need_nothing() -> None:
    settings = settings_from()
    assert settings.EMBEDDING_PROVIDER == "tfidf"
    assert settings.EMBEDDING_MODEL_DIR is None
    assert (settings.EMBEDDING_TIMEOUT_SECONDS, settings.EMBEDDING_THREADS) == (2, 1)


def test_an_endpoint_is_read_and_its_key_is_a_secret() -> None:
    settings = settings_from(**ENDPOINT)
    assert settings.EMBEDDING_URL == "https://api.example.com/v1"
    assert settings.EMBEDDING_DIMENSION == 1536
    assert settings.EMBEDDING_API_KEY == "sk-0123456789"
    assert isinstance(settings.EMBEDDING_API_KEY, Secret)


def test_an_endpoint_may_want_no_key() -> None:
    assert settings_from(**ENDPOINT | {"EMBEDDING_API_KEY": None}).EMBEDDING_API_KEY == ""


def test_the_key_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-9876543210\n")
    given = ENDPOINT | {"EMBEDDING_API_KEY": None, "EMBEDDING_API_KEY_FILE": str(tmp_path / "key")}
    assert settings_from(**given).EMBEDDING_API_KEY == "sk-9876543210"


def test_a_model_in_a_folder_is_found(folder: Path) -> None:
    with mock.patch("importlib.util.find_spec", return_value=object()):
        settings = settings_from(EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL_DIR=str(folder))
    assert folder == settings.EMBEDDING_MODEL_DIR


def test_without_the_extra_the_command_that_installs_it_is_named(folder: Path) -> None:
    with (
        mock.patch("importlib.util.find_spec", return_value=None),
        pytest.raises(StartupRefused, match="EMBEDDING_PROVIDER=onnx needs what `uv sync --extra semantic` installs"),
    ):
        settings_from(EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL_DIR=str(folder))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with (
        mock.patch("importlib.util.find_spec", return_value=object()),
        pytest.raises(StartupRefused, match=r"onnx/model\.onnx and tokenizer\.json"),
    ):
        settings_from(EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL_DIR=str(tmp_path))


REFUSED: dict[str, tuple[str, dict[str, str | None]]] = {
    "a provider nobody knows": ("EMBEDDING_PROVIDER must be one of", {"EMBEDDING_PROVIDER": "magic"}),
    "a model without its folder": ("EMBEDDING_MODEL_DIR is not set; .*=onnx needs it", {"EMBEDDING_PROVIDER": "onnx"}),
    "a folder that is not there": ("EMBEDDING_MODEL_DIR must name a folder", {"EMBEDDING_MODEL_DIR": "/nowhere"}),
    "a folder that is a file": ("EMBEDDING_MODEL_DIR must name a folder", {"EMBEDDING_MODEL_DIR": __file__}),
    "a folder for nobody": ("EMBEDDING_MODEL_DIR is set, but EMBEDDING_PROVIDER=tfidf", {"EMBEDDING_MODEL_DIR": "/"}),
    "a key for nobody": ("EMBEDDING_API_KEY is set, but", {"EMBEDDING_API_KEY": "sk-0123456789"}),
    "an endpoint without its address": ("EMBEDDING_URL is not set", ENDPOINT | {"EMBEDDING_URL": None}),
    "an endpoint without a model": ("EMBEDDING_MODEL is not set", ENDPOINT | {"EMBEDDING_MODEL": None}),
    "an endpoint without a dimension": ("EMBEDDING_DIMENSION is not set", ENDPOINT | {"EMBEDDING_DIMENSION": None}),
    "more dimensions than an index holds": ("EMBEDDING_DIMENSION must lie", ENDPOINT | {"EMBEDDING_DIMENSION": "4001"}),
    "an endpoint and a folder": ("EMBEDDING_MODEL_DIR is set, but", ENDPOINT | {"EMBEDDING_MODEL_DIR": "/"}),
    "an address without a scheme": ("EMBEDDING_URL must look like", ENDPOINT | {"EMBEDDING_URL": "api.example.com/v1"}),
    "an address of a file": ("EMBEDDING_URL must look like", ENDPOINT | {"EMBEDDING_URL": "file:///etc/passwd"}),
    "an address with a password": ("EMBEDDING_URL must look like", ENDPOINT | {"EMBEDDING_URL": "https://a:b@c.com"}),
    "an address with a question": ("EMBEDDING_URL must look like", ENDPOINT | {"EMBEDDING_URL": "https://c.com/?a=b"}),
    "an address with no port": ("EMBEDDING_URL must look like", ENDPOINT | {"EMBEDDING_URL": "https://c.com:port"}),
    "a key of two lines": ("EMBEDDING_API_KEY must be one line", ENDPOINT | {"EMBEDDING_API_KEY": "a\nb"}),
    "a key that no header holds": ("EMBEDDING_API_KEY must consist of", ENDPOINT | {"EMBEDDING_API_KEY": "sk-„kљuč“"}),
    "a wait without end": ("EMBEDDING_TIMEOUT_SECONDS must lie", ENDPOINT | {"EMBEDDING_TIMEOUT_SECONDS": "600"}),
}


@pytest.mark.parametrize(("sentence", "variables"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_refused(sentence: str, variables: dict[str, str | None]) -> None:
    with pytest.raises(StartupRefused, match=sentence):
        settings_from(**variables)
