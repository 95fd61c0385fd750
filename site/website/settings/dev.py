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
MARKETPLACE_STYLEGUIDE = True
if DEMO:  # `manage.py serve_stripe` stands in for Stripe
    MARKETPLACE_STRIPE_API_KEY, MARKETPLACE_STRIPE_WEBHOOK_SECRET = "sk_test_demonstration", "whsec_demonstration"
    MARKETPLACE_STRIPE_API_BASE = env.optional("STRIPE_API_BASE", "http://127.0.0.1:8009")
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(MARKETPLACE_STRIPE_API_BASE)  # noqa: F405  from base

# Served from where each app keeps them: nothing to collect first.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
