"""The Django app of the vendors' side."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VendorsConfig(AppConfig):
    name = "vendors"
    label = "vendors"
    verbose_name = _("Vendors")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.doors import add_door
        from marketplace.errands.work import add_kind
        from marketplace.purchase.erase import add_eraser
        from marketplace.purchase.personal import add_source

        from .listing.publishing import ERRAND, ERRAND_BACK, publish_small
        from .people.doors import vendor_door
        from .people.guards import add_guards
        from .people.letters import read_letters
        from .people.personal import end_seats, seats_of

        read_letters()
        add_kind(ERRAND, publish_small)
        add_kind(ERRAND_BACK, publish_small)
        add_door(vendor_door)
        add_guards()
        add_source(seats_of)
        add_eraser(end_seats)
