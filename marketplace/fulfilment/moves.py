"""A booking that one side wants to move to another session, and what the other side says to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..catalogue.models import Pack
from ..orders.models import OrderLine, PurchaseOrder
from .models import OPEN, Question


class SessionMove(Question):
    """One order line that is to go over, whole, to the same pack of another session. Price and quantity stay."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="moves")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="moves")
    from_pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    to_pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta(Question.Meta):
        verbose_name = _("move to another session")
        verbose_name_plural = _("moves to other sessions")
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=OPEN, name="one_open_move_per_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="moved_quantity_is_positive"),
        ]

    @property
    def status(self) -> str:
        """Where it stands, in a word or two."""
        return str(_("moved")) if self.agreed_at else super().status
