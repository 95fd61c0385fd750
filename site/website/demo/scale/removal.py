"""Taking the large world out again, postings included: for a developer's database only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.search.models import IndexEntry

from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier, Stock
from marketplace.fulfilment import models as fulfilment
from marketplace.impact.attribution import Facts, Movement, deltas
from marketplace.impact.locks import add_to_totals
from marketplace.impact.models import ImpactEntry, ImpactTotal
from marketplace.ledger import accounts
from marketplace.ledger.models import Account, JournalEntry, Posting
from marketplace.orders import models as orders
from marketplace.parties.models import BuyerOrganisation, DeliveryPoint, Membership, Vendor
from marketplace.payments import models as payments

from .words import PREFIX

GUARD = "marketplace_posting_not_{}"


def remove() -> None:
    """Delete all of it in one transaction of the caller's; what others made with it makes this fail."""
    _take_back_totals()
    keys = [
        accounts.receivable(pk)
        for pk in BuyerOrganisation.objects.filter(slug__startswith=PREFIX).values_list("pk", flat=True)
    ]
    for pk in Vendor.objects.filter(slug__startswith=PREFIX).values_list("pk", flat=True):
        keys += [accounts.committed(pk), accounts.payable(pk)]
    entries = list(JournalEntry.objects.filter(postings__account__key__in=keys).values_list("pk", flat=True).distinct())
    with _guard_set_aside():
        for start in range(0, len(entries), 5000):
            part = entries[start : start + 5000]
            _delete(Posting.objects.filter(entry_id__in=part))
            _delete(JournalEntry.objects.filter(pk__in=part))
    _delete(Account.objects.filter(key__in=keys))
    for rows in _rows():
        _delete(rows)


def _delete(rows: QuerySet[Any]) -> None:
    rows.order_by()._raw_delete(rows.db)  # no cascade to collect: the order below is right


def _rows() -> Iterator[QuerySet[Any]]:
    """Every table of the large world, what refers before what is referred to."""
    line = {"line__order__organisation__slug__startswith": PREFIX}
    order = {"order__organisation__slug__startswith": PREFIX}
    buyer = {"organisation__slug__startswith": PREFIX}
    yield ImpactEntry.objects.filter(**line)
    yield fulfilment.AcceptanceLine.objects.filter(**line)
    yield fulfilment.Acceptance.objects.filter(**order)
    yield fulfilment.GoodsReceiptLine.objects.filter(consigned__line__order__organisation__slug__startswith=PREFIX)
    yield fulfilment.GoodsReceipt.objects.filter(consignment__order__organisation__slug__startswith=PREFIX)
    yield fulfilment.ConsignmentLine.objects.filter(**line)
    yield fulfilment.Consignment.objects.filter(**order)
    yield payments.Fapiao.objects.filter(**order)
    yield payments.Payment.objects.filter(invoice__organisation__slug__startswith=PREFIX)
    yield payments.InvoiceLine.objects.filter(**order)
    yield payments.Invoice.objects.filter(**buyer)
    yield orders.StockReservation.objects.filter(**line)
    yield orders.DeliveryLine.objects.filter(**{f"delivery__{name}": value for name, value in order.items()})
    yield orders.OrderDelivery.objects.filter(**order)
    yield orders.OrderLine.objects.filter(**order)
    yield orders.PurchaseOrder.objects.filter(**buyer)
    yield orders.Approval.objects.filter(requisition__organisation__slug__startswith=PREFIX)
    yield orders.RequisitionLine.objects.filter(requisition__organisation__slug__startswith=PREFIX)
    yield orders.Requisition.objects.filter(**buyer)
    yield Stock.objects.filter(pack__listing__slug__startswith=PREFIX)
    yield PriceTier.objects.filter(pack__listing__slug__startswith=PREFIX)
    yield Pack.objects.filter(listing__slug__startswith=PREFIX)
    yield ListingPicture.objects.filter(listing__slug__startswith=PREFIX)
    listings = Listing.objects.filter(slug__startswith=PREFIX)
    keys = listings.annotate(key=Cast("pk", CharField())).values("key")
    kind = ContentType.objects.get_for_model(Listing)
    yield IndexEntry.objects.filter(content_type=kind, object_id__in=keys)
    yield listings
    yield Membership.objects.filter(**buyer)
    yield DeliveryPoint.objects.filter(**buyer)
    yield BuyerOrganisation.objects.filter(slug__startswith=PREFIX)
    yield Vendor.objects.filter(slug__startswith=PREFIX)
    yield User.objects.filter(username__startswith=PREFIX)


def _take_back_totals() -> None:
    """The totals are lowered, and those that only these entries had made go."""
    theirs = Q(organisation__slug__startswith=PREFIX)
    add_to_totals(deltas(_movements(ImpactEntry.objects.filter(theirs), sign=-1)))
    kept = {place for place, _amount, _quantity in deltas(_movements(ImpactEntry.objects.exclude(theirs), sign=1))}
    names = ("dimension", "key", "month", "measure", "mode", "channel")
    empty = ImpactTotal.objects.filter(amount=0, quantity=0).values_list("pk", *names)
    ImpactTotal.objects.filter(pk__in=[pk for pk, *place in empty if tuple(place) not in kept]).delete()


def _movements(rows: QuerySet[ImpactEntry], *, sign: int) -> Iterator[Movement]:
    for entry in rows.iterator(chunk_size=10_000):
        facts = Facts(
            buyer_county=entry.buyer_county,
            buyer=entry.organisation_id,
            buyer_kind=entry.buyer_kind,
            campaign=entry.campaign_id,
            vendor=entry.vendor_id,
            vendor_county=entry.vendor_county,
            origin_code=entry.origin_code,
            category=entry.category_id,
            counted_for=entry.counted_for_id,
            mode=entry.mode,
            channel=entry.channel,
        )
        day: date = entry.posted_on
        yield Movement(facts, entry.measure, sign * entry.amount.amount, sign * entry.quantity, day)


@contextmanager
def _guard_set_aside() -> Iterator[None]:
    """The database refuses to delete postings; for this one purpose its guard stands aside, and comes back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            guard = GUARD.format("changed")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with triggers waiting cannot be altered
            cursor.execute(f"ALTER TABLE marketplace_posting DISABLE TRIGGER {guard}")
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE marketplace_posting ENABLE TRIGGER {guard}")
        else:
            guard = GUARD.format("deleted")
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [guard])
            (statement,) = cursor.fetchone()
            cursor.execute(f"DROP TRIGGER {guard}")
            yield
            cursor.execute(statement)
