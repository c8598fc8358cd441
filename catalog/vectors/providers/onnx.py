"""The provider with a model of its own: sentence transformers as ONNX, from a local folder in the usual layout.

`onnx/model.onnx`, `tokenizer.json` and, where they are, `config.json`, `modules.json`, `1_Pooling/config.json`,
`sentence_bert_config.json`. Read when the first vector is asked for, once in each process.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from catalog.vectors.providers.base import EmbeddingError, Provider, Stamp, TextRefusedError, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE: Final = "onnx/model.onnx"
BATCH: Final = 32
FAILED_SECONDS: Final = 10
USUAL_LENGTH: Final = 256  # tokens
# What the vectors depend on, and so what the version stands for.
COUNTED: Final = (MODEL_FILE, "onnx/model.onnx_data", "tokenizer.json", "1_Pooling/config.json")
KNOWN_MODULES: Final = {"Transformer", "Pooling", "Normalize"}
INPUTS: Final = {"input_ids", "attention_mask", "token_type_ids"}
POOLINGS: Final = {"pooling_mode_mean_tokens", "pooling_mode_cls_token", "pooling_mode_max_tokens"}


class OnnxProvider(Provider):
    """Understands sentences and queries alike, on this machine."""

    name: ClassVar[str] = "onnx"
    understands_queries: ClassVar[bool] = True

    def __init__(self, folder: Path, *, name: str = "", threads: int = 1) -> None:
        self._folder, self._name, self._threads = folder, name or folder.resolve().name, threads
        self._failure, self._failed_until = "", 0.0

    @property
    def stamp(self) -> Stamp:
        """The folder's name, unless it is given another one; the version is a fingerprint of the files.

        To take it means to read them, so a failure holds for some seconds.
        """
        if self._failure and time.monotonic() < self._failed_until:
            raise EmbeddingError(self._failure)
        try:
            return self._stamp
        except EmbeddingError as error:
            self._failure, self._failed_until = str(error), time.monotonic() + FAILED_SECONDS
            raise

    @cached_property
    def _stamp(self) -> Stamp:
        return Stamp(self._name[:200], self._fingerprint(), self._dimension())

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts of like length share a batch, so that little is computed for the padding."""
        result = np.zeros((len(texts), self.stamp.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            result[places] = self._embed([texts[place] for place in places])
        return result

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """As a document of one sentence."""
        return np.asarray(self._embed([query])[0], dtype=np.float32)

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        known = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        hidden = self._run({each.name: known[each.name] for each in self._session.get_inputs()})
        rows = unit_rows(hidden if hidden.ndim == 2 else self._pool(hidden, mask))
        if rows.shape != (len(texts), self.stamp.dimension) or not np.isfinite(rows).all():
            raise EmbeddingError(
                f"The model in {self._folder} makes vectors of {rows.shape[-1]} numbers, and its config.json says "
                f"{self.stamp.dimension}: put it right and run `manage.py embed_titles --stale`."
            )
        return rows

    def _run(self, inputs: dict[str, Any]) -> NDArray[np.float32]:
        try:
            return np.asarray(self._session.run(None, inputs)[0], dtype=np.float32)
        except Exception as error:  # noqa: BLE001 - the library's errors have no base of their own
            raise TextRefusedError(
                f"The model in {self._folder} cannot read what tokenizer.json makes of a text ({type(error).__name__})."
            ) from None

    def _pool(self, hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """From a vector for each token to one for the text; the padding does not count."""
        weights = mask[..., None].astype(np.float32)
        if self._pooling == "pooling_mode_cls_token":
            return hidden[:, 0]
        if self._pooling == "pooling_mode_max_tokens":
            return np.asarray(np.where(weights > 0, hidden, -np.inf).max(axis=1), dtype=np.float32)
        return np.asarray((hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9), dtype=np.float32)

    @cached_property
    def _pooling(self) -> str:
        """The mean, unless the folder says otherwise."""
        settings = self._json("1_Pooling/config.json")
        ways = {name for name, is_on in settings.items() if name.startswith("pooling_mode_") and is_on is True}
        if len(ways) > 1 or not ways <= POOLINGS:
            raise EmbeddingError(f"The model in {self._folder} pools its tokens in a way that is not supported.")
        return next(iter(ways), "pooling_mode_mean_tokens")

    @cached_property
    def _session(self) -> Any:
        self._check_modules()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # A thread that waits must not keep a core busy, nor the process keep the memory of its longest text.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        path = self._folder / MODEL_FILE
        try:
            session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001 - the library's errors have no base of their own
            raise EmbeddingError(f"{path} is no model that onnxruntime can read ({type(error).__name__}).") from None
        if not {each.name for each in session.get_inputs()} <= INPUTS:
            raise EmbeddingError(f"{path} asks for more than the tokens of a text.")
        return session

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        path = self._folder / "tokenizer.json"
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # noqa: BLE001 - the library raises nothing more precise
            raise EmbeddingError(f"{path} is no tokenizer ({error}).") from None
        padding = tokenizer.padding or {}
        tokenizer.enable_truncation(self._longest(tokenizer))
        tokenizer.enable_padding(pad_id=padding.get("pad_id", 0), pad_token=padding.get("pad_token", "[PAD]"))
        return tokenizer

    def _longest(self, tokenizer: Any) -> int:
        """How many tokens of a text the model reads."""
        own = (tokenizer.truncation or {}).get("max_length", USUAL_LENGTH)
        return int(self._json("sentence_bert_config.json").get("max_seq_length") or own)

    def _dimension(self) -> int:
        found = self._json("config.json").get("hidden_size") or self._session.get_outputs()[0].shape[-1]
        if not isinstance(found, int):
            raise EmbeddingError(f"Neither config.json nor the model in {self._folder} tells how long its vectors are.")
        return found

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        try:
            for path in (self._folder / name for name in COUNTED):
                if path.is_file():
                    with path.open("rb") as file:
                        digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise EmbeddingError(f"The model in {self._folder} cannot be read ({error.strerror}).") from None
        return digest.hexdigest()[:16]

    def _check_modules(self) -> None:
        modules = self._json("modules.json") or []
        unknown = {str(module.get("type", "")).rpartition(".")[2] for module in modules} - KNOWN_MODULES
        if unknown:
            raise EmbeddingError(f"The model in {self._folder} has parts that are not supported: {', '.join(unknown)}.")

    def _json(self, name: str) -> Any:
        """What stands in the file; {} where there is none."""
        path = self._folder / name
        try:
            return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except (OSError, ValueError):
            raise EmbeddingError(f"{path} cannot be read as JSON.") from None
