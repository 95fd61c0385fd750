"""A deployment, wholly from the environment. It refuses to start half-configured, naming what is missing."""

from __future__ import annotations

from website import env
from website.settings.base import *  # noqa: F403  Django's way to build settings on settings.

DEBUG = False
SECRET_KEY = env.required("SECRET_KEY", "a long random text that signs sessions")
ALLOWED_HOSTS = env.words(env.required("ALLOWED_HOSTS", "the host names this site answers to, separated by commas"))
DATABASES = {"default": database(env.required("DATABASE_URL", "the PostgreSQL database, as postgres://…"))}  # noqa: F405  from base
WAGTAILADMIN_BASE_URL = env.required("BASE_URL", "the address people open, as https://…")
MARKETPLACE_PAYEE_NAME = env.required("PAYEE_NAME", "whom buyers pay, as it stands on payment notices")
MARKETPLACE_PAYEE_BANK = env.required("PAYEE_BANK", "the bank buyers pay to")
MARKETPLACE_PAYEE_ACCOUNT = env.required("PAYEE_ACCOUNT", "the account buyers pay to")
if MARKETPLACE_STRIPE_API_KEY:  # noqa: F405  from base
    env.required("STRIPE_WEBHOOK_SECRET", "the signing secret of the Stripe webhook, since STRIPE_API_KEY is set")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.required("REDIS_URL", "the Redis server, as redis://…"),
    }
}
CACHES["fragments"] = CACHES["default"]
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}  # noqa: F405  from base

if env.optional("TASKS_BACKEND") == "database":  # `manage.py db_worker` does what follows a step, beside the server
    INSTALLED_APPS += ["django_tasks_db"]  # noqa: F405  from base
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

EMAIL_TIMEOUT = 10  # seconds; a mail that cannot go out now goes out later
EMAIL_HOST = env.optional("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env.optional("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env.optional("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.optional("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = env.optional("DEFAULT_FROM_EMAIL", "jiedui@localhost")

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = int(env.optional("SECURE_HSTS_SECONDS", "31536000"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]
