"""What may be entered as bought elsewhere: the rules, and what they have to know, loaded once for any number of entries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ...catalogue.models import Category
from ...conf import currency, setting
from ...money import Money, total
from ...orders.models import PurchaseOrder, Requisition
from ...parties.actions import office_day
from ...parties.identifiers import normalised
from ...parties.models import BuyerOrganisation, Vendor
from ...payments.models import Fapiao
from ...programme.models import Campaign, Pairing, Region
from . import errors
from .lifecycle import STANDING, State
from .models import ElsewherePurchase


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line as it was typed."""

    what: str
    category: Category
    origin: Region
    amount: Money
    quantity: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A purchase made elsewhere as it was typed."""

    mode: str
    channel: str
    seller_name: str
    purpose: str
    fund_source: str
    bought_on: date
    lines: tuple[EntryLine, ...]
    seller_code: str = ""
    campaign: Campaign | None = None
    external_reference: str = ""
    fapiao_number: str = ""
    helped_buyer: str = ""
    note: str = ""

    @property
    def amount(self) -> Money:
        """What its lines add up to."""
        return total((line.amount for line in self.lines), currency())

    @property
    def code(self) -> str:
        """The seller's credit code, tidied."""
        return normalised(self.seller_code)

    @property
    def fapiao(self) -> str:
        """The fapiao number, tidied."""
        return tidied(self.fapiao_number)

    @property
    def reference_key(self) -> str:
        """What must not be entered twice: the 832 Platform's number alone; elsewhere a seller's numbers are its own."""
        number = tidied(self.external_reference)
        if not number:
            return ""
        if self.channel == ElsewherePurchase.Channel.PLATFORM_832:
            return f"832:{number}"
        return f"{self.channel}:{tidied(self.seller_name)}:{number}"


def tidied(text: str) -> str:
    """Half-width capitals without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rules compare entries with: days, paired counties, vendors, and what is known under their numbers."""

    today: date
    earliest: date
    pairings: Sequence[Pairing]
    vendors_by_code: dict[str, Vendor]
    vendors_by_name: dict[str, Vendor]
    references: dict[str, str]
    fapiao: dict[str, str]
    fapiao_of_orders: dict[str, str]
    orders: frozenset[str]

    def vendor_of(self, entry: Entry) -> Vendor | None:
        """The seller, where it is a vendor of this platform: by its code, else by its exact name."""
        return self.vendors_by_code.get(entry.code) or self.vendors_by_name.get(tidied(entry.seller_name))


def ground_for(
    organisation: BuyerOrganisation, entries: Iterable[Entry], *, at: datetime, but: ElsewherePurchase | None = None
) -> Ground:
    """Load what these entries of an organisation are compared with; ``but`` is the purchase being mended."""
    entries = list(entries)
    numbers = {entry.fapiao for entry in entries} - {""}
    today = office_day(at)
    known = _known(organisation, entries, numbers, but)
    vendors = _vendors(entries)
    return Ground(
        today=today,
        earliest=today.replace(month=1, day=1) - timedelta(days=setting("ELSEWHERE_DAYS_OF_LAST_YEAR")),
        pairings=list(Pairing.objects.filter(supporting__code=organisation.county_code).select_related("aided")),
        vendors_by_code={row.social_credit_code: row for row in vendors if row.social_credit_code},
        vendors_by_name={tidied(row.name): row for row in vendors},
        references={row.reference_key: _where(row, organisation) for row in known if row.reference_key},
        fapiao={row.fapiao_number: _where(row, organisation) for row in known if row.fapiao_number},
        fapiao_of_orders=dict(Fapiao.objects.filter(number__in=numbers).values_list("number", "order__reference")),
        orders=frozenset(
            PurchaseOrder.objects.filter(
                reference__in={tidied(entry.external_reference) for entry in entries} - {""}
            ).values_list("reference", flat=True)
        ),
    )


def _known(
    organisation: BuyerOrganisation, entries: Sequence[Entry], numbers: set[str], but: ElsewherePurchase | None
) -> list[ElsewherePurchase]:
    keys = {entry.reference_key for entry in entries} - {""}
    standing = Q(state__in=STANDING) | Q(state=State.DRAFT, organisation=organisation)
    rows = ElsewherePurchase.objects.filter(standing).filter(Q(reference_key__in=keys) | Q(fapiao_number__in=numbers))
    return list(rows.exclude(pk=but.pk) if but else rows)


def _vendors(entries: Sequence[Entry]) -> list[Vendor]:
    codes = {entry.code for entry in entries} - {""}
    names = {entry.seller_name.strip() for entry in entries}
    admitted = Vendor.objects.filter(admitted_at__isnull=False)
    return list(admitted.filter(Q(social_credit_code__in=codes) | Q(name__in=names)))


def _where(row: ElsewherePurchase, organisation: BuyerOrganisation) -> str:
    """The purchase's reference; another organisation's name stays its own."""
    if row.organisation_id == organisation.pk:
        return row.reference
    return _("%(reference)s of another organisation") % {"reference": row.reference}


def require_sound(entry: Entry, ground: Ground) -> None:
    """Raise the first ``Refused`` that stands against entering this."""
    _require_complete(entry)
    if entry.bought_on > ground.today:
        raise errors.NotYetBought(day=entry.bought_on)
    if entry.bought_on < ground.earliest:
        raise errors.BoughtTooLongAgo(day=entry.bought_on, earliest=ground.earliest)
    _require_paired(entry, ground)
    _require_once(entry, ground)


def _require_complete(entry: Entry) -> None:
    if not entry.lines:
        raise errors.NothingEntered()
    if not entry.seller_name.strip():
        raise errors.SellerMissing()
    if entry.mode == Requisition.Mode.HELPED and not entry.helped_buyer.strip():
        raise errors.HelpedBuyerMissing()
    if entry.fapiao and not re.fullmatch(r"[0-9]{18}|[0-9]{20}", entry.fapiao):
        raise errors.FapiaoNumberWrong(number=entry.fapiao_number)


def _require_paired(entry: Entry, ground: Ground) -> None:
    paired = {
        row.aided.code
        for row in ground.pairings
        if row.starts_on <= entry.bought_on and (row.ends_on is None or entry.bought_on < row.ends_on)
    }
    campaign = entry.campaign
    for line in entry.lines:
        if line.origin.county_code not in paired:
            raise errors.PlaceNotPaired(place=line.origin.name)
        if campaign and campaign.pairing.aided.code != line.origin.county_code:
            raise errors.CampaignDoesNotFit(campaign=campaign.label)
    if campaign and campaign.pairing_id not in {row.pk for row in ground.pairings}:
        raise errors.CampaignDoesNotFit(campaign=campaign.label)


def _require_once(entry: Entry, ground: Ground) -> None:
    if (number := tidied(entry.external_reference)) in ground.orders:
        raise errors.OrderOfThisPlatform(order=number)
    if order := ground.fapiao_of_orders.get(entry.fapiao):
        raise errors.FapiaoOfAnOrder(number=entry.fapiao, order=order)
    if where := ground.fapiao.get(entry.fapiao):
        raise errors.FapiaoEnteredBefore(number=entry.fapiao, where=where)
    if where := ground.references.get(entry.reference_key):
        raise errors.ReferenceEnteredBefore(number=entry.external_reference.strip(), where=where)


def entry_of(purchase: ElsewherePurchase) -> Entry:
    """A stored purchase as it would be typed again: it is looked at once more when it moves on."""
    names = ("mode", "channel", "seller_name", "purpose", "fund_source", "bought_on", "seller_code", "campaign")
    more = ("external_reference", "fapiao_number", "helped_buyer", "note")
    facts: dict[str, Any] = {name: getattr(purchase, name) for name in (*names, *more)}
    lines = purchase.lines.select_related("category", "origin")
    return Entry(
        lines=tuple(EntryLine(row.what, row.category, row.origin, row.amount, row.quantity, row.unit) for row in lines),
        **facts,
    )
