"""Who computes vectors: a model in a local folder, or an endpoint elsewhere."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import override_settings

from catalog.tests.endpoint import Answer, Endpoint, serving, vectors_for
from catalog.tests.tiny_model import write_model
from catalog.vectors.providers import EmbeddingError, current
from catalog.vectors.providers.base import TextRefusedError
from catalog.vectors.providers.onnx import OnnxProvider
from catalog.vectors.providers.openai import OpenAIProvider
from catalog.vectors.providers.tfidf import TfidfProvider

KEY = "sk-nobody-may-read-this-key"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for seconds."""
    monkeypatch.setattr("catalog.vectors.providers.openai.FIRST_PAUSE", 0.01)


def asking(endpoint: Endpoint, *, key: str = KEY, dimension: int = 3, query_timeout: float = 2) -> OpenAIProvider:
    return OpenAIProvider(url=endpoint.url, key=key, model="tiny", dimension=dimension, query_timeout=query_timeout)


def status(code: int, content: bytes = b"{}", **headers: str) -> Any:
    return lambda _texts: (code, {name.replace("_", "-"): value for name, value in headers.items()}, content)


# By the settings


def test_without_settings_the_catalogues_own_words_are_compared() -> None:
    assert isinstance(current(), TfidfProvider)
    assert current().stamp == ("tfidf-svd-128", "1", 128)
    assert not current().understands_queries


def test_what_compares_titles_with_each_other_takes_no_query() -> None:
    with pytest.raises(EmbeddingError, match="not with a query"):
        TfidfProvider().embed_query("a shark")


def test_the_settings_choose_an_endpoint() -> None:
    chosen = {"EMBEDDING_PROVIDER": "openai", "EMBEDDING_URL": "http://127.0.0.1:1/v1", "EMBEDDING_MODEL": "tiny"}
    with override_settings(**chosen, EMBEDDING_DIMENSION=3, EMBEDDING_API_KEY="", EMBEDDING_TIMEOUT_SECONDS=1):
        assert isinstance(current(), OpenAIProvider)
        assert current().stamp == ("tiny", "1", 3)
        assert current() is current()


def test_the_settings_choose_a_model_in_a_folder(tmp_path: Path) -> None:
    with override_settings(EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL_DIR=tmp_path, EMBEDDING_THREADS=1):
        provider = current()
        assert isinstance(provider, OnnxProvider)
        assert provider is current()


def test_a_forked_process_builds_its_own() -> None:
    before = current()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"new" if current() is not before else b"old")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 3) == b"new"
    os.close(reader)
    os.close(writer)


# A model in a local folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("onnxruntime", reason="the extra `semantic` is not installed")
    return write_model(tmp_path / "tiny")


def test_the_model_says_the_same_of_a_text_alone_and_among_others(folder: Path) -> None:
    provider = OnnxProvider(folder)
    texts = ["shark town", "the beach", "shark", "a very long way to the town beach shark town"]
    together = provider.embed_documents(texts)
    assert together.shape == (4, 4)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    for row, text in zip(together, texts, strict=True):
        assert provider.embed_query(text) == pytest.approx(row, abs=1e-6)


def test_the_mean_of_the_tokens_is_taken_unless_the_folder_says_otherwise(folder: Path) -> None:
    mean = OnnxProvider(folder).embed_query("shark town")
    unmixed = [OnnxProvider(folder).embed_query(word) for word in ("shark", "town")]
    assert mean @ unmixed[0] == pytest.approx(mean @ unmixed[1], abs=1e-5)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    assert OnnxProvider(folder).embed_query("shark town") == pytest.approx(unmixed[0], abs=1e-6)
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_max_tokens": True}))
    assert OnnxProvider(folder).embed_query("shark shark") == pytest.approx(unmixed[0], abs=1e-6)


def test_no_more_of_a_text_is_read_than_the_model_can(folder: Path) -> None:
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 2}')
    provider = OnnxProvider(folder)
    assert provider.embed_query("shark town beach beach") == pytest.approx(provider.embed_query("shark town"))


def test_a_text_without_a_word_gives_zeros(folder: Path) -> None:
    provider = OnnxProvider(folder)
    assert not provider.embed_query("").any()
    assert provider.embed_documents(["", "shark"]).any(axis=1).tolist() == [False, True]


def test_many_texts_come_back_in_their_own_order(folder: Path) -> None:
    texts = [f"shark {'town ' * (number % 5)}" for number in range(100)]
    provider = OnnxProvider(folder)
    rows = provider.embed_documents(texts)
    for number in (0, 3, 33, 99):
        assert rows[number] == pytest.approx(provider.embed_query(texts[number]), abs=1e-6)
    assert provider.embed_documents([]).shape == (0, 4)


def test_the_stamp_names_the_folder_and_follows_the_files(folder: Path) -> None:
    stamp = OnnxProvider(folder).stamp
    assert (stamp.model, stamp.dimension) == ("tiny", 4)
    assert OnnxProvider(folder).stamp == stamp
    assert OnnxProvider(folder, name="my model").stamp.model == "my model"
    write_model(folder, seed=2)
    assert OnnxProvider(folder).stamp.version != stamp.version


def test_the_dimension_comes_from_the_model_where_config_json_is_silent(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert OnnxProvider(folder).stamp.dimension == 4


def test_a_config_that_contradicts_the_model_is_told_with_the_command_that_mends_it(folder: Path) -> None:
    (folder / "config.json").write_text('{"hidden_size": 8}')
    with pytest.raises(EmbeddingError, match=r"vectors of 4 numbers.*says 8.*embed_titles --stale"):
        OnnxProvider(folder).embed_query("shark")


def test_a_tokenizer_of_another_model_is_told_in_one_sentence(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace('"shark": 2', '"shark": 2000'))
    with pytest.raises(EmbeddingError, match=r"cannot read what tokenizer.json makes of a text"):
        OnnxProvider(folder).embed_query("shark")


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("onnx/model.onnx", "no model", "no model that onnxruntime can read"),
        ("tokenizer.json", "{}", "is no tokenizer"),
        ("config.json", "{", "cannot be read as JSON"),
        ("modules.json", '[{"type": "sentence_transformers.models.Dense"}]', "not supported: Dense"),
        ("1_Pooling/config.json", '{"pooling_mode_lasttoken": true}', "pools its tokens in a way"),
    ],
)
def test_a_folder_that_cannot_serve_is_told_in_one_sentence(
    folder: Path, file: str, content: str, sentence: str
) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(content)
    with pytest.raises(EmbeddingError, match=sentence):
        OnnxProvider(folder).embed_query("shark")


def test_a_folder_that_cannot_serve_is_not_read_again_for_some_seconds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    (folder / "config.json").write_text("{")
    provider = OnnxProvider(folder)
    fingerprint = provider._fingerprint

    def read() -> str:
        reads.append(1)
        return fingerprint()

    monkeypatch.setattr(provider, "_fingerprint", read)
    for _ in range(3):
        with pytest.raises(EmbeddingError, match="cannot be read as JSON"):
            assert provider.stamp
    assert len(reads) == 1
    (folder / "config.json").unlink()
    monkeypatch.setattr(provider, "_failed_until", 0.0)
    assert provider.stamp.dimension == 4


# An endpoint elsewhere


def test_texts_are_sent_in_batches_with_the_key_and_come_back_in_order(endpoint: Endpoint) -> None:
    texts = [f"text {number}" for number in range(70)]
    rows = asking(endpoint).embed_documents(texts)
    assert rows.shape == (70, 3)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(70), abs=1e-5)
    assert [len(body["input"]) for body in endpoint.bodies] == [32, 32, 6]
    assert endpoint.texts == texts
    assert {body["model"] for body in endpoint.bodies} == {"tiny"}
    assert {(sent["path"], sent["Authorization"]) for sent in endpoint.headers} == {("/v1/embeddings", f"Bearer {KEY}")}
    assert asking(endpoint).embed_documents([]).shape == (0, 3)


def test_without_a_key_none_is_sent(endpoint: Endpoint) -> None:
    asking(endpoint, key="").embed_query("shark")
    assert "Authorization" not in endpoint.headers[0]


def test_vectors_in_another_order_find_their_texts_by_index(endpoint: Endpoint) -> None:
    texts = ["a", "bb", "shark"]
    expected = asking(endpoint).embed_documents(texts)

    def backwards(sent: list[str]) -> Answer:
        code, headers, content = vectors_for(sent)
        return code, headers, json.dumps({"data": json.loads(content)["data"][::-1]}).encode()

    endpoint.usual = backwards
    assert asking(endpoint).embed_documents(texts) == pytest.approx(expected)


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_documents_are_tried_again_when_the_trouble_may_pass(endpoint: Endpoint, code: int) -> None:
    endpoint.answers = [status(code), status(code)]
    assert asking(endpoint).embed_documents(["shark"]).shape == (1, 3)
    assert len(endpoint.bodies) == 3


def test_documents_wait_as_long_as_the_endpoint_says(endpoint: Endpoint) -> None:
    endpoint.answers = [status(429, Retry_After="1")]
    begun = time.monotonic()
    asking(endpoint).embed_documents(["shark"])
    assert time.monotonic() - begun >= 1


def test_documents_are_given_up_after_five_more_tries(endpoint: Endpoint) -> None:
    endpoint.usual = status(503)
    with pytest.raises(EmbeddingError, match="status 503"):
        asking(endpoint).embed_documents(["shark"])
    assert len(endpoint.bodies) == 6


@pytest.mark.parametrize(
    ("code", "hint"), [(400, "status 400"), (401, "EMBEDDING_API_KEY"), (404, "EMBEDDING_MODEL"), (302, "status 302")]
)
def test_what_does_not_pass_is_not_tried_again(endpoint: Endpoint, code: int, hint: str) -> None:
    endpoint.usual = status(code, b'{"error": "what the endpoint says"}', Location=f"{endpoint.url}/elsewhere")
    with pytest.raises(EmbeddingError, match=hint) as raised:
        asking(endpoint).embed_documents(["shark"])
    assert len(endpoint.bodies) == 1
    assert "what the endpoint says" not in str(raised.value)


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_query_is_never_tried_again(endpoint: Endpoint, code: int) -> None:
    endpoint.usual = status(code, Retry_After="30")
    begun = time.monotonic()
    with pytest.raises(EmbeddingError, match=f"status {code}"):
        asking(endpoint).embed_query("shark")
    assert len(endpoint.bodies) == 1
    assert time.monotonic() - begun < 5


def test_a_query_does_not_wait_for_a_slow_endpoint(endpoint: Endpoint) -> None:
    def slow(texts: list[str]) -> Answer:
        time.sleep(1)
        return vectors_for(texts)

    endpoint.usual = slow
    begun = time.monotonic()
    with pytest.raises(EmbeddingError, match="does not answer"):
        asking(endpoint, query_timeout=0.1).embed_query("shark")
    assert time.monotonic() - begun < 0.9


def dripping(texts: list[str], *, seconds: float) -> Iterator[bytes]:
    """An answer that comes byte by byte, each of them soon enough."""
    _, _, content = vectors_for(texts)
    for letter in content:
        time.sleep(seconds / len(content))
        yield bytes([letter])


def test_a_query_does_not_wait_for_an_answer_that_drips(endpoint: Endpoint) -> None:
    answer: Any = lambda texts: (200, {}, dripping(texts, seconds=3))  # noqa: E731
    endpoint.usual = answer
    begun = time.monotonic()
    with pytest.raises(EmbeddingError, match="does not come to an end"):
        asking(endpoint, query_timeout=0.5).embed_query("shark")
    assert time.monotonic() - begun < 1.5


def test_an_answer_without_end_is_not_read_to_the_end(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.vectors.providers.openai.LARGEST_ANSWER", 200_000)
    monkeypatch.setattr("catalog.vectors.providers.openai.READ_AT_ONCE", 1_000)
    endpoint.usual = status(200, b" " * 200_000 + b"{}")
    with pytest.raises(EmbeddingError, match="more than 200,000 bytes"):
        asking(endpoint).embed_query("shark")


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_text_that_is_refused_says_nothing_of_others(endpoint: Endpoint, code: int) -> None:
    endpoint.usual = status(code)
    with pytest.raises(TextRefusedError, match=f"status {code}"):
        asking(endpoint).embed_query("shark")


@pytest.mark.parametrize("code", [401, 429, 500, 503])
def test_an_endpoint_that_is_in_trouble_is_so_for_all_texts(endpoint: Endpoint, code: int) -> None:
    endpoint.usual = status(code)
    with pytest.raises(EmbeddingError) as raised:
        asking(endpoint).embed_query("shark")
    assert not isinstance(raised.value, TextRefusedError)


def test_an_endpoint_that_is_not_there_is_told_without_its_address() -> None:
    nobody = OpenAIProvider(url="http://127.0.0.1:1/v1", key=KEY, model="tiny", dimension=3, query_timeout=1)
    with pytest.raises(EmbeddingError, match="does not answer") as raised:
        nobody.embed_query("shark")
    assert "127.0.0.1" not in str(raised.value)


def test_vectors_of_another_length_are_told_with_the_command_that_mends_it(endpoint: Endpoint) -> None:
    endpoint.usual = lambda texts: vectors_for(texts, dimension=5)
    with pytest.raises(
        EmbeddingError, match=r"vectors of 5 numbers, and EMBEDDING_DIMENSION is 3.*embed_titles --stale"
    ):
        asking(endpoint).embed_documents(["shark"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"index": 1, "embedding": [1, 2, 3]}]}',
        b'{"data": [{"index": 0, "embedding": "AAAA"}]}',
        b'{"data": [{"index": 0, "embedding": [1, 2, "x"]}]}',
        b'{"data": [{"index": 0, "embedding": [1, 2, NaN]}]}',
        b'{"data": [{"index": 0, "embedding": [[1], [2, 3]]}]}',
        b'{"data": [{"index": 0, "embedding": [1, 2, 1%s]}]}' % (b"0" * 400),
        b'{"data": [{"index": 0, "embedding": [1, 2, 1e39]}]}',
        b'{"data": [{"index": 0, "embedding": [1, 2, 1e25]}]}',
        b'{"data": [{"index": 1e999, "embedding": [1, 2, 3]}]}',
        b'{"data": [{"index": 0, "embedding": [1, 2, 3]}, {"index": 0, "embedding": [1, 2, 3]}]}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_vector_is_told_in_one_sentence(endpoint: Endpoint, content: bytes) -> None:
    endpoint.usual = status(200, content)
    with pytest.raises(EmbeddingError, match=r"^The endpoint of EMBEDDING_URL .*\.$"):
        asking(endpoint).embed_query("shark")


def test_the_key_is_in_no_line_of_the_log_and_in_no_error(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    endpoint.answers = [status(500), status(401, KEY.encode())]
    with caplog.at_level(logging.DEBUG), pytest.raises(EmbeddingError) as raised:
        asking(endpoint).embed_documents(["shark"])
    assert KEY not in caplog.text + str(raised.value) + repr(raised.value.__context__)
