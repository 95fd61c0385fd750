"""The operator seats people at vendors, in the Wagtail admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet

from .people.actions import seat
from .people.models import VendorMembership


class SeatCreateView(CreateView):
    """Seating is the action's, which keeps the log."""

    def save_instance(self) -> Any:
        chosen = self.form.cleaned_data
        return seat(vendor=chosen["vendor"], user=chosen["user"], by=self.request.user, at=timezone.now())


class VendorSeatViewSet(ModelViewSet):
    """Who acts for which vendor; an ended seat opens nothing."""

    model = VendorMembership
    icon = "user"
    menu_order = 225
    add_to_admin_menu = True
    form_fields: ClassVar = ["user", "vendor", "ended_at"]
    list_display: ClassVar = ["user", "vendor", "began_at", "ended_at"]
    add_view_class = SeatCreateView
