"""The Django app of the editorial pages."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "website.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"
