"""For tests: fast password hashes, files in a folder of their own, the database of ``DATABASE_URL`` or SQLite."""

from __future__ import annotations

import tempfile
from pathlib import Path

from website.settings.base import *  # noqa: F403  Django's way to build settings on settings.

DEBUG = False
TESTING = True
MARKETPLACE_STRIPE_API_KEY = MARKETPLACE_STRIPE_WEBHOOK_SECRET = ""  # whatever the environment says
SECRET_KEY = "for-tests-only"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

_FILES = Path(tempfile.mkdtemp(prefix="jiedui-tests-"))
MEDIA_ROOT = _FILES / "media"
STORAGES["private"]["OPTIONS"] = {"location": _FILES / "private"}  # noqa: F405  from base
LOGGING["root"]["level"] = "WARNING"  # noqa: F405  from base
WHITENOISE_AUTOREFRESH = True
CACHES["fragments"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "fragments"}  # noqa: F405  from base

if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":  # noqa: F405  from base
    # No test takes the server's power away, so none needs to wait for the disk at every commit.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"  # noqa: F405  from base
