"""The settings as the type checker sees them: no secrets of anybody, no database started."""

import os

os.environ.update(
    ENV_FILE="",
    ENVIRONMENT="development",
    DATABASE_URL="postgresql://nobody@localhost/none",
    SECRET_KEY="only-for-the-type-checker-never-serves",
    JWT_SECRET="only-for-the-type-checker-never-signs-",
)

from config.settings import *
