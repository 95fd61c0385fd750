"""The Django app of the trading core."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    label = "marketplace"
    verbose_name = _("Marketplace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers
        from .backoffice.certificates import add_guards as officers_guards
        from .backoffice.door import officer_door
        from .backoffice.reports import add_guards as reports_guards
        from .doors import add_door
        from .letters import work
        from .purchase import errands
        from .workspace.private import add_guards

        receivers.connect()
        errands.register()
        work.register()
        add_door(officer_door)
        add_guards()
        officers_guards()
        reports_guards()
