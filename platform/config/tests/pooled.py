"""Settings of one proof: Django's own pool of connections, 20 and 10 more, in one process with many threads."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES

DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 20, "max_size": 30, "timeout": 30}  # type: ignore[index]
ROOT_URLCONF = "config.tests.pooled_urls"
