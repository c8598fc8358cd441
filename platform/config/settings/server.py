"""Where and how gunicorn serves; read by gunicorn.conf.py."""

from config import env

BIND_ADDRESS = env.text("BIND_ADDRESS", "127.0.0.1")
PORT = env.whole_number("PORT", default=8000, minimum=1, maximum=65_535)
WORKERS = env.whole_number("WEB_CONCURRENCY", default=2, minimum=1, maximum=1_000)
REQUEST_TIMEOUT_SECONDS = env.whole_number("REQUEST_TIMEOUT_SECONDS", default=30, minimum=1, maximum=3_600)
