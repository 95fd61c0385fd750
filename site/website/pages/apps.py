"""The Django app of the editorial pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "website.pages"
    label = "pages"
    verbose_name = _("Pages of the site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers

        receivers.listen()
