"""The settings as the type checker sees them: no secrets of anybody, no database started."""

import os
import secrets

os.environ.update(
    ENV_FILE="",
    ENVIRONMENT="development",
    DATABASE_URL="postgresql://nobody@localhost/none",
    DATABASE_URL_FILE="",
    SECRET_KEY=secrets.token_urlsafe(48),
    SECRET_KEY_FILE="",
    JWT_SECRET=secrets.token_urlsafe(48),
    JWT_SECRET_FILE="",
)

from config.settings import *
