"""A model small enough to be written down here: each word has four numbers of its own."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

WORDS = ["[PAD]", "[UNK]", "shark", "town", "beach", "the", "a", "very", "long", "way", "to"]
SIZE = 4


def write_model(folder: Path, *, seed: int = 1) -> Path:
    """Write it in the usual layout, for `EMBEDDING_MODEL_DIR`; returns the folder."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    (folder / "onnx/model.onnx").write_bytes(_model(seed))
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer()))
    (folder / "config.json").write_text(json.dumps({"hidden_size": SIZE}))
    return folder


def _tokenizer() -> dict[str, object]:
    return {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "padding": None,
        "truncation": None,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {word: at for at, word in enumerate(WORDS)}},
    }


# ONNX is Protocol Buffers. These are the fields of onnx.proto that one Gather node needs: the table, the numbers of the
# rows in, the rows out.


def _model(seed: int) -> bytes:
    table = np.random.default_rng(seed).standard_normal((len(WORDS), SIZE)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    tensor = _number(1, len(WORDS)) + _number(1, SIZE) + _number(2, 1) + _text(8, "table") + _bytes(9, table.tobytes())
    node = _text(1, "table") + _text(1, "input_ids") + _text(2, "last_hidden_state") + _text(4, "Gather")
    ids = _value("input_ids", 7, ["batch", "sequence"])
    hidden = _value("last_hidden_state", 1, ["batch", "sequence", SIZE])
    graph = _bytes(1, node) + _text(2, "tiny") + _bytes(5, tensor) + _bytes(11, ids) + _bytes(12, hidden)
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 17))


def _value(name: str, kind: int, shape: list[str | int]) -> bytes:
    """A named tensor: 1 is float, 7 int64."""
    sizes = b"".join(_bytes(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return found + struct.pack("B", value)
