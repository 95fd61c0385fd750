"""Two years of purchases in the large world: old ones completed, some still unpaid, the latest only placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from marketplace.catalogue.models import Pack, Stock
from marketplace.fulfilment.models import (
    Acceptance,
    AcceptanceLine,
    Consignment,
    ConsignmentLine,
    GoodsReceipt,
    GoodsReceiptLine,
)
from marketplace.impact.attribution import Facts, Movement, deltas
from marketplace.impact.locks import add_to_totals
from marketplace.impact.models import ImpactEntry, Measure
from marketplace.ledger import accounts
from marketplace.ledger.models import Account, JournalEntry, Posting
from marketplace.money import Money, total
from marketplace.orders.lifecycle import State
from marketplace.orders.models import (
    Approval,
    DeliveryLine,
    OrderDelivery,
    OrderLine,
    PurchaseOrder,
    Requisition,
    RequisitionLine,
    StockReservation,
)
from marketplace.parties.actions import office_day
from marketplace.payments.gateways.bank_transfer import BANK_TRANSFER
from marketplace.payments.models import Fapiao, Invoice, InvoiceLine, Payment
from marketplace.references import counted_references, local_year
from marketplace.rows import add_to_rows

from .goods import Say
from .world import REQUISITIONS, Ground

DAYS = 720
LINES, SELLERS = 20, 10
TO_SETTLE, TO_ACCEPT = 40, 12  # days ago: older ones are paid, older ones are accepted
REASONS = {
    Measure.ORDERED: ImpactEntry.Reason.PLACED,
    Measure.ACCEPTED: ImpactEntry.Reason.ACCEPTED,
    Measure.PAID: ImpactEntry.Reason.SETTLED,
    Measure.COMPLETED: ImpactEntry.Reason.COMPLETED,
}


@dataclass
class Deal:
    """One requisition with its orders and what became of them, as many days ago."""

    days_ago: float
    requisition: Requisition
    orders: list[PurchaseOrder] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    places: dict[int, OrderDelivery] = field(default_factory=dict)  # by order

    @property
    def is_accepted(self) -> bool:
        return self.days_ago > TO_ACCEPT

    @property
    def is_settled(self) -> bool:
        return self.days_ago > TO_SETTLE

    @property
    def amount(self) -> Money:
        return total(order.amount for order in self.orders)


def load_purchases(ground: Ground, packs: Sequence[Pack], say: Say) -> None:
    """Fifty requisitions for each thousand listings, oldest first, fifty at a time."""
    count = ground.scale * REQUISITIONS
    by_vendor = _by_vendor(packs)
    by_key = _accounts(ground)
    for start in range(0, count, REQUISITIONS):
        numbers = range(start, start + REQUISITIONS)
        deals = [_deal(ground, number, count) for number in numbers]
        Requisition.objects.bulk_create(deal.requisition for deal in deals)
        for number, deal in zip(numbers, deals, strict=True):
            _draft(ground, deal, number, by_vendor)
        _place(ground, deals)
        _deliver(ground, [deal for deal in deals if deal.is_accepted])
        _bill(ground, deals)
        _book(ground, deals, by_key)
        _measure(ground, deals)
        say(f"purchases {start + REQUISITIONS:,} of {count:,}")


def _by_vendor(packs: Sequence[Pack]) -> list[list[Pack]]:
    found: dict[int, list[Pack]] = {}
    for pack in packs:
        found.setdefault(pack.listing.vendor_id, []).append(pack)
    return [found[pk] for pk in sorted(found)]


def _accounts(ground: Ground) -> dict[str, Account]:
    keys = [accounts.BANK, *(accounts.receivable(buyer.pk) for buyer in ground.buyers)]
    keys += [key(vendor.pk) for vendor in ground.vendors for key in (accounts.committed, accounts.payable)]
    Account.objects.bulk_create([Account(key=key) for key in keys], ignore_conflicts=True)
    return {account.key: account for account in Account.objects.filter(key__in=keys)}


def _deal(ground: Ground, number: int, count: int) -> Deal:
    days_ago = DAYS * (count - number) / count
    at = ground.at(days_ago)
    buyer = ground.buyers[number * 7 % len(ground.buyers)]
    day = at.date()
    campaign = ground.campaign if ground.campaign and ground.campaign.starts_on <= day else None
    return Deal(
        days_ago,
        Requisition(
            reference=f"REQ-{local_year(at)}-L{number:07d}",
            organisation=buyer,
            campaign=campaign,
            purpose="holiday_gifts" if number % 3 else "canteen",
            fund_source="union" if number % 3 else "canteen",
            delivery_point=ground.points[buyer.pk],
            amount=Money(0),  # rewritten with its lines
            state=State.PLACED,
            drafted_by=ground.clerk,
            drafted_at=at - timedelta(days=3),
            requested_by=ground.clerk,
            requested_at=at - timedelta(days=2),
            placed_by=ground.chair,
            placed_at=at,
        ),
    )


def _draft(ground: Ground, deal: Deal, number: int, by_vendor: Sequence[list[Pack]]) -> None:
    """Ten orders of two lines each, in memory."""
    for place in range(SELLERS):
        packs = by_vendor[(number * SELLERS + place) % len(by_vendor)]
        order = _order(ground, deal, packs[0], f"L{number * SELLERS + place:07d}")
        first = (number * SELLERS + place) // len(by_vendor) * (LINES // SELLERS)
        for step in range(LINES // SELLERS):
            pack = packs[(first + step) % len(packs)]
            deal.lines.append(_line(order, pack, 2 + (number + place * 3 + step) % 18))
        order.amount = total(line.amount_ordered for line in deal.lines[-(LINES // SELLERS) :])
        deal.orders.append(order)
    deal.requisition.amount = deal.amount


def _order(ground: Ground, deal: Deal, pack: Pack, tail: str) -> PurchaseOrder:
    requisition, vendor = deal.requisition, pack.listing.vendor
    buyer, point = requisition.organisation, requisition.delivery_point
    return PurchaseOrder(
        reference=f"PO-{local_year(ground.at(deal.days_ago))}-{tail}",
        requisition=requisition,
        vendor=vendor,
        vendor_name=vendor.name,
        organisation=buyer,
        buyer_name=buyer.name,
        buyer_kind=buyer.kind,
        buyer_county=buyer.county_code,
        fapiao_title=buyer.fapiao_title,
        campaign=requisition.campaign,
        pairing=ground.pairing,
        purpose=requisition.purpose,
        fund_source=requisition.fund_source,
        mode=requisition.mode,
        channel=requisition.channel,
        delivery_name=point.name,
        delivery_address=point.address,
        delivery_contact=point.contact_name,
        delivery_phone=point.phone,
        amount=Money(0),
        placed_at=ground.at(deal.days_ago),
        placed_by=ground.chair,
        answered_at=ground.at(deal.days_ago - 1) if deal.days_ago > 1 else None,
        answered_by=ground.chair if deal.days_ago > 1 else None,
    )


def _line(order: PurchaseOrder, pack: Pack, quantity: int) -> OrderLine:
    listing = pack.listing
    origin, category = listing.origin, listing.product.category
    township = origin if origin.level == origin.Level.TOWNSHIP or origin.parent is None else origin.parent
    return OrderLine(
        order=order,
        pack=pack,
        listing=listing,
        title=listing.title,
        pack_name=pack.name,
        unit=pack.unit,
        category=category,
        category_name=category.name,
        origin=origin,
        origin_code=origin.code,
        origin_name=origin.name,
        township_name=township.name,
        unit_price=pack.unit_price,
        quantity_ordered=quantity,
    )


def _place(ground: Ground, deals: Sequence[Deal]) -> None:
    requisitions = [deal.requisition for deal in deals]
    Requisition.objects.bulk_update(requisitions, ["amount"])
    Approval.objects.bulk_create(
        Approval(requisition=r, decision="approved", decided_by=ground.chair, decided_at=ground.at(deal.days_ago + 1))
        for deal, r in zip(deals, requisitions, strict=True)
    )
    RequisitionLine.objects.bulk_create(
        RequisitionLine(
            requisition=deal.requisition, pack=line.pack, quantity=line.quantity_ordered, unit_price=line.unit_price
        )
        for deal in deals
        for line in deal.lines
    )
    PurchaseOrder.objects.bulk_create(order for deal in deals for order in deal.orders)
    OrderLine.objects.bulk_create(line for deal in deals for line in deal.lines)
    _name_places(deals)
    StockReservation.objects.bulk_create(
        StockReservation(
            line=line,
            quantity=line.quantity_ordered,
            quantity_consumed=line.quantity_ordered if deal.is_accepted else 0,
        )
        for deal in deals
        for line in deal.lines
    )
    waiting: Counter[int] = Counter()
    for deal in deals:
        if not deal.is_accepted:
            waiting.update({line.pack_id: line.quantity_ordered for line in deal.lines})
    add_to_rows(
        Stock, key="pack_id", columns=["on_hand", "reserved"], changes={pk: (n, n) for pk, n in waiting.items()}
    )


def _name_places(deals: Sequence[Deal]) -> None:
    """Each order goes to one place, whole."""
    for deal in deals:
        for order in deal.orders:
            deal.places[order.pk] = OrderDelivery(
                order=order,
                delivery_point_id=order.requisition.delivery_point_id,
                name=order.delivery_name,
                address=order.delivery_address,
                contact_name=order.delivery_contact,
                phone=order.delivery_phone,
            )
    OrderDelivery.objects.bulk_create(place for deal in deals for place in deal.places.values())
    DeliveryLine.objects.bulk_create(
        DeliveryLine(delivery=deal.places[line.order_id], line=line, quantity=line.quantity_ordered)
        for deal in deals
        for line in deal.lines
    )


def _deliver(ground: Ground, deals: Sequence[Deal]) -> None:
    """One consignment an order, received whole and accepted."""
    orders = [(deal, order) for deal in deals for order in deal.orders]
    sent = {
        order.pk: Consignment(
            reference=f"CN-{order.reference[3:]}",
            order=order,
            delivery=deal.places[order.pk],
            carrier="示范物流",
            waybill_number=f"SF{order.reference[-7:]}",
            dispatched_at=ground.at(deal.days_ago - 5),
            dispatched_by=ground.chair,
        )
        for deal, order in orders
    }
    Consignment.objects.bulk_create(sent.values())
    parts = ConsignmentLine.objects.bulk_create(
        ConsignmentLine(consignment=sent[line.order_id], line=line, quantity=line.quantity_ordered)
        for deal in deals
        for line in deal.lines
    )
    receipts = {
        order.pk: GoodsReceipt(
            consignment=sent[order.pk], received_at=ground.at(deal.days_ago - 8), received_by=ground.clerk
        )
        for deal, order in orders
    }
    GoodsReceipt.objects.bulk_create(receipts.values())
    GoodsReceiptLine.objects.bulk_create(
        GoodsReceiptLine(receipt=receipts[part.line.order_id], consigned=part, quantity_received=part.quantity)
        for part in parts
    )
    numbers = _numbers("ACC", [ground.at(deal.days_ago - 9) for deal, _order in orders])
    taken = {
        order.pk: Acceptance(
            number=number,
            order=order,
            amount=order.amount,
            accepted_at=ground.at(deal.days_ago - 9),
            accepted_by=ground.clerk,
        )
        for number, (deal, order) in zip(numbers, orders, strict=True)
    }
    Acceptance.objects.bulk_create(taken.values())
    AcceptanceLine.objects.bulk_create(
        AcceptanceLine(acceptance=taken[line.order_id], line=line, quantity=line.quantity_ordered)
        for deal in deals
        for line in deal.lines
    )
    Fapiao.objects.bulk_create(
        Fapiao(
            order=order,
            number=f"9{order.reference[3:7]}{order.reference[-7:].zfill(15)}",
            title=order.fapiao_title,
            amount=order.amount,
            issued_on=ground.at(deal.days_ago - 10).date(),
            matched_at=ground.at(deal.days_ago - 10),
            entered_by=ground.chair,
        )
        for deal, order in orders
    )


def _numbers(prefix: str, moments: Sequence[datetime]) -> list[str]:
    """A counted number for each moment, as many as a year needs at once."""
    years: dict[int, list[datetime]] = {}
    for at in moments:
        years.setdefault(local_year(at), []).append(at)
    taken = {year: iter(counted_references(prefix, len(ats), at=ats[0])) for year, ats in years.items()}
    return [next(taken[local_year(at)]) for at in moments]


def _bill(ground: Ground, deals: Sequence[Deal]) -> None:
    numbers = _numbers("INV", [ground.at(deal.days_ago) for deal in deals])
    invoices = Invoice.objects.bulk_create(
        Invoice(
            number=number,
            remittance_reference=f"JD{deal.requisition.reference[4:].replace('-', '')}",
            requisition=deal.requisition,
            organisation=deal.requisition.organisation,
            issued_at=ground.at(deal.days_ago),
            due_on=ground.at(deal.days_ago - 30).date(),
            amount_invoiced=deal.amount,
            amount_paid=deal.amount if deal.is_settled else Money(0),
            settled_at=ground.at(deal.days_ago - 20) if deal.is_settled else None,
        )
        for number, deal in zip(numbers, deals, strict=True)
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, order=order, amount=order.amount)
        for invoice, deal in zip(invoices, deals, strict=True)
        for order in deal.orders
    )
    Payment.objects.bulk_create(
        Payment(
            invoice=invoice,
            gateway=BANK_TRANSFER.code,
            transaction_number=f"SCALE{deal.requisition.reference[-7:]}",
            amount=deal.amount,
            paid_on=ground.at(deal.days_ago - 20).date(),
            payer_name=deal.requisition.organisation.name,
            recorded_at=ground.at(deal.days_ago - 20),
            recorded_by=ground.clerk,
        )
        for invoice, deal in zip(invoices, deals, strict=True)
        if deal.is_settled
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    source: str
    at: datetime
    debit: str
    credit: str
    amount: Money


def _entries(ground: Ground, deal: Deal) -> Iterable[_Entry]:
    for order in deal.orders:
        owed, promised = accounts.receivable(order.organisation_id), accounts.committed(order.vendor_id)
        yield _Entry(f"place:{order.reference}", ground.at(deal.days_ago), owed, promised, order.amount)
        if deal.is_accepted:
            payable, at = accounts.payable(order.vendor_id), ground.at(deal.days_ago - 9)
            yield _Entry(f"accept:{order.reference}", at, promised, payable, order.amount)
    if deal.is_settled:
        source, at = f"pay:{BANK_TRANSFER.code}:SCALE{deal.requisition.reference[-7:]}", ground.at(deal.days_ago - 20)
        owed = accounts.receivable(deal.requisition.organisation_id)
        yield _Entry(source, at, accounts.BANK, owed, deal.amount)


def _book(ground: Ground, deals: Sequence[Deal], by_key: dict[str, Account]) -> None:
    drafts = [entry for deal in deals for entry in _entries(ground, deal)]
    entries = JournalEntry.objects.bulk_create(
        JournalEntry(source=draft.source, memo="规模示范", posted_at=draft.at, posted_by=ground.chair)
        for draft in drafts
    )
    Posting.objects.bulk_create(
        Posting(entry=entry, account=by_key[key], amount=amount)
        for entry, draft in zip(entries, drafts, strict=True)
        for key, amount in ((draft.debit, draft.amount), (draft.credit, -draft.amount))
    )


def _moments(deal: Deal) -> dict[Measure, float]:
    """When each measure was reached, in days ago."""
    found = {Measure.ORDERED: deal.days_ago}
    if deal.is_accepted:
        found[Measure.ACCEPTED] = deal.days_ago - 9
    if deal.is_settled:
        found |= {Measure.PAID: deal.days_ago - 20, Measure.COMPLETED: deal.days_ago - 20}
    return found


def _measure(ground: Ground, deals: Sequence[Deal]) -> None:
    entries: list[ImpactEntry] = []
    movements: list[Movement] = []
    for deal in deals:
        orders = {order.pk: order for order in deal.orders}
        for measure, days_ago in _moments(deal).items():
            at = ground.at(days_ago)
            for line in deal.lines:
                facts = _facts(orders[line.order_id], line)
                entries.append(_entry(facts, line, measure, at, office_day(at)))
                movements.append(
                    Movement(facts, measure, line.amount_ordered.amount, line.quantity_ordered, office_day(at))
                )
    ImpactEntry.objects.bulk_create(entries)
    add_to_totals(deltas(movements))


def _facts(order: PurchaseOrder, line: OrderLine) -> Facts:
    return Facts(
        buyer_county=order.buyer_county,
        buyer=order.organisation_id,
        buyer_kind=order.buyer_kind,
        campaign=order.campaign_id,
        vendor=order.vendor_id,
        vendor_county=line.origin_code[:6],
        origin_code=line.origin_code,
        category=line.category_id,
    )


def _entry(facts: Facts, line: OrderLine, measure: Measure, at: datetime, day: date) -> ImpactEntry:
    return ImpactEntry(
        line=line,
        measure=measure,
        reason=REASONS[measure],
        amount=line.amount_ordered,
        quantity=line.quantity_ordered,
        posted_on=day,
        posted_at=at,
        organisation_id=facts.buyer,
        buyer_kind=facts.buyer_kind,
        buyer_county=facts.buyer_county,
        campaign_id=facts.campaign,
        vendor_id=facts.vendor,
        vendor_county=facts.vendor_county,
        origin_code=facts.origin_code,
        category_id=facts.category,
    )
