"""Who computes vectors, by the settings; built when first asked for, once in each process."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from django.conf import settings

from catalog.vectors.providers.base import EmbeddingError, Provider, Stamp

__all__ = ["EmbeddingError", "Provider", "Stamp", "current"]


def current() -> Provider:
    """The provider that the settings name."""
    return _provider(
        settings.EMBEDDING_PROVIDER,
        settings.EMBEDDING_MODEL,
        settings.EMBEDDING_MODEL_DIR,
        settings.EMBEDDING_URL,
        settings.EMBEDDING_DIMENSION,
    )


@cache
def _provider(name: str, model: str, folder: Path | None, url: str, dimension: int) -> Provider:
    if name == "onnx":
        from catalog.vectors.providers.onnx import OnnxProvider

        assert folder is not None  # the settings see to it
        return OnnxProvider(folder, name=model, threads=settings.EMBEDDING_THREADS)
    if name == "openai":
        from catalog.vectors.providers.openai import OpenAIProvider

        return OpenAIProvider(
            url=url,
            key=settings.EMBEDDING_API_KEY,
            model=model,
            dimension=dimension,
            query_timeout=settings.EMBEDDING_TIMEOUT_SECONDS,
        )
    from catalog.vectors.providers.tfidf import TfidfProvider

    return TfidfProvider()


# A model's threads and an endpoint's connections do not survive a fork: the child builds its own.
os.register_at_fork(after_in_child=_provider.cache_clear)
