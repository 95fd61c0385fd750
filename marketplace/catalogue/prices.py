"""What packs cost since they were first published: a row with every publication that gives a pack another price.

Append-only: the database refuses to change or delete a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField
from .fairness import Priced
from .models import Listing, Pack


class PriceChange(models.Model):
    """From a moment on a pack costs this, weighs so much, and is on offer or not."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="price_changes")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="price_changes")
    pack_name = models.CharField(_("pack"), max_length=40)
    unit_price = MoneyField(_("unit price"))
    net_grams = models.PositiveIntegerField(_("net weight (g)"), default=0)
    is_offered = models.BooleanField(_("on offer"), default=True)
    changed_at = models.DateTimeField(_("since"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    _default_manager: ClassVar[models.Manager[PriceChange]]

    class Meta:
        app_label = "marketplace"
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["changed_at", "pk"]
        indexes = [models.Index(fields=["listing", "changed_at"], name="price_history")]
        constraints = [models.CheckConstraint(condition=Q(unit_price__gt=0), name="changed_price_is_positive")]

    def __str__(self) -> str:
        return f"{self.pack_name}: {self.unit_price}"

    def priced(self, day: Any) -> Priced:
        """The row as plain values, from the office's ``day`` on."""
        return Priced(day, self.pack_id, self.unit_price.amount, self.net_grams, self.is_offered)


def note_prices(*, listing: Listing, packs: Iterable[Pack], by: Any, at: datetime) -> None:
    """Write down the prices that this publication makes; nothing for packs that cost what they did. Two statements.

    Inside the publication's transaction, with the listing locked.
    """
    known = {row.pack_id: row for row in PriceChange.objects.filter(listing=listing)}  # in order: the last one stands
    PriceChange.objects.bulk_create(
        PriceChange(
            listing=listing,
            pack=pack,
            pack_name=pack.name,
            unit_price=pack.unit_price,
            net_grams=pack.net_grams,
            is_offered=pack.is_offered,
            changed_at=at,
            changed_by=by,
        )
        for pack in packs
        if _is_news(pack, known.get(pack.pk))
    )


def _is_news(pack: Pack, known: PriceChange | None) -> bool:
    if known is None:
        return pack.is_offered
    stands = (known.unit_price, known.net_grams, known.is_offered)
    return (pack.unit_price, pack.net_grams, pack.is_offered) != stands
