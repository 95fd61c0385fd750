"""A django-oscar shop on the same goods, run in an environment of its own (``.venv-peers``) by ``make bench-peers``."""
