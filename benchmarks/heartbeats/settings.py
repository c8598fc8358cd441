"""The service's own settings, with one more address: the ceiling."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.heartbeats.urls"
