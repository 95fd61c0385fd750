"""On a developer's machine, and for the demonstration: everything on loopback, nothing to configure."""

from __future__ import annotations

from website import env
from website.settings.base import *  # noqa: F403  Django's way to build settings on settings.

DEBUG = env.flag("DEBUG", default=True)
SECRET_KEY = "for-development-on-loopback-only"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"  # noqa: F405  from base
DEMO = env.flag("DEMO", default=True)

# Served from where each app keeps them: nothing to collect first.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
