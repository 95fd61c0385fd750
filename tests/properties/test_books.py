"""Any sequence of steps leaves the books content, and a corrupted row of each kind is named."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.allowances.models import Allowance
from marketplace.catalogue.models import Stock
from marketplace.errors import Refused
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.models import Acceptance, Consignment
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.models import GroupOrderOffer, MemberChoice
from marketplace.impact.models import ImpactEntry, ImpactTotal
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.management.books import CHECKS
from marketplace.money import Money, yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition, RequisitionLine, StockReservation
from marketplace.orders.placing import LineAnswer
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice, InvoiceLine
from marketplace.purchase.answer import answer, cancel
from marketplace.purchase.deliver import accept, dispatch, receive, take_back
from marketplace.purchase.pay import accepted_amount, enter_fapiao, record_payment
from marketplace.purchase.place import place
from marketplace.purchase.reopen import reopen
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Market:
    """One group order and whatever becomes of it, driven by a die; a refusal is an answer like any other."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)
        self.group_order = factory.open_group_order(world, count=4)
        self.number = seed * 1000
        if self.rng.random() < 0.85:  # mostly begin where an order stands, so that the long end is walked too
            for step in (self.choose, self.choose, self.choose, self.close, self.request, self.approve, self.place):
                self.attempt(step)

    def attempt(self, step: Callable[[], Any]) -> bool:
        """Take one step; whether it was not refused."""
        try:
            with transaction.atomic():
                step()
        except Refused:
            return False
        return True

    def steps(self) -> list[Callable[[], Any]]:
        return [
            self.choose, self.choose, self.close, self.reopen, self.request, self.approve, self.place,
            *[self.answer, self.dispatch, self.receive, self.accept, self.fapiao, self.pay] * 2, self.take_back, self.cancel,
        ]  # fmt: skip

    def one_order(self) -> PurchaseOrder:
        found = list(PurchaseOrder.objects.select_related("vendor").order_by("pk"))
        if not found:
            raise Refused
        return self.rng.choice(found)

    def choose(self) -> None:
        participant = self.rng.choice(factory.participants(self.group_order))
        wanted = {self.world.tea_pack.pk: self.rng.randint(0, 3), self.world.rice_pack.pk: self.rng.randint(0, 4)}
        grouporders.choose(participant=participant, quantities=wanted, by=self.world.users["clerk"], at=self.world.now)

    def close(self) -> None:
        grouporders.close_group_order(group_order=self.group_order, by=self.world.users["clerk"], at=self.world.now)

    def reopen(self) -> None:
        until = self.world.now + timedelta(days=1)
        reopen(group_order=self.group_order, closes_at=until, by=self.world.users["clerk"], at=self.world.now)

    def request(self) -> None:
        clerk = self.world.users["clerk"]
        made = orders.request_from_group_order(group_order=self.group_order, by=clerk, at=self.world.now)
        orders.submit_requisition(requisition=made, by=clerk, at=self.world.now)

    def approve(self) -> None:
        for row in self.group_order.requisitions.all():
            orders.approve_requisition(requisition=row, by=self.world.users["chair"], at=self.world.now)

    def place(self) -> None:
        for row in self.group_order.requisitions.all():
            place(requisition=row, by=self.world.users["chair"], at=self.world.now)

    def answer(self) -> None:
        order = self.one_order()
        answers = [
            LineAnswer(line.pk, self.rng.randint(0, line.quantity_ordered), self.world.now.date(), "减产")
            for line in order.lines.all()
        ]
        answer(order=order, answers=answers, by=factory.seat(order), at=self.world.now)

    def cancel(self) -> None:
        cancel(order=self.one_order(), reason="不要了", by=self.world.users["chair"], at=self.world.now)

    def dispatch(self) -> None:
        order = self.one_order()
        quantities = {line.pk: self.rng.randint(0, line.quantity_confirmed) for line in order.lines.all()}
        dispatch(order=order, quantities=quantities, by=factory.seat(order), at=self.world.now)

    def receive(self) -> None:
        for consignment in Consignment.objects.filter(order=self.one_order(), receipt=None):
            counts = []
            for row in consignment.lines.all():
                damaged = self.rng.randint(0, row.quantity)
                counts.append(Count(row.pk, row.quantity - damaged, damaged=damaged))
            receive(consignment=consignment, counts=counts, by=self.world.users["store"], at=self.world.now)

    def accept(self) -> None:
        accept(order=self.one_order(), without_unsent=True, by=self.world.users["store"], at=self.world.now)

    def fapiao(self) -> None:
        order, self.number = self.one_order(), self.number + 1
        enter_fapiao(
            order=order,
            number=f"{self.number:020d}",
            title=order.fapiao_title,
            amount=accepted_amount(order),
            issued_on=self.world.now.date(),
            by=factory.seat(order),
            at=self.world.now,
        )

    def pay(self) -> None:
        self.number += 1
        invoice = Invoice.objects.select_related("organisation").first()
        if invoice is None:
            raise Refused
        amount = self.rng.choice([invoice.amount_open, Money(self.rng.randint(1, 20000))])
        receipt = Receipt(f"B{self.number}", amount, self.world.now.date())
        record_payment(invoice=invoice, receipt=receipt, by=self.world.users["treasurer"], at=self.world.now)

    def take_back(self) -> None:
        order = self.one_order()
        quantities = {line.pk: self.rng.randint(0, 2) for line in order.lines.all()}
        take_back(order=order, quantities=quantities, reason="漏气", by=self.world.users["store"], at=self.world.now)


def mismatches() -> list[str]:
    """Everything any check has to say."""
    return [line for check in CHECKS.values() for line in check()]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), length=st.integers(20, 80))
def test_any_sequence_of_steps_leaves_the_books_content(world: World, seed: int, length: int) -> None:
    with transaction.atomic():
        market = Market(world, seed)
        for _ in range(length):
            market.attempt(market.rng.choice(market.steps()))
        assert mismatches() == []
        transaction.set_rollback(True)


def walked(world: World) -> None:
    """A purchase with every kind of row: one order accepted, matched and paid, one still to be sent."""
    tea, rice = factory.placed(world)
    factory.answered(tea, world.now)
    factory.answered(rice, world.now)
    tea = factory.delivered(tea, world.users["store"], world.now, damaged=1)
    enter_fapiao(
        order=tea,
        number="26340000000000000001",
        title=tea.fapiao_title,
        amount=accepted_amount(tea),
        issued_on=world.now.date(),
        by=factory.seat(tea),
        at=world.now,
    )
    invoice = Invoice.objects.select_related("organisation").get()
    receipt = Receipt("B1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)


def unbalance() -> None:
    entry = JournalEntry.objects.create(source="corrupted", memo="", posted_at="2026-11-23T00:00:00Z")
    Posting.objects.create(entry=entry, account=Posting.objects.all()[0].account, amount=yuan(1))


CORRUPTIONS: dict[str, tuple[str, Callable[[], Any]]] = {
    "posting": ("journal entries sum to zero", unbalance),
    "requisition": ("requisitions, their lines and choices", lambda: Requisition.objects.update(amount=1)),
    "requisition line": (
        "requisitions, their lines and choices",
        lambda: RequisitionLine.objects.update(quantity=F("quantity") + 1),
    ),
    "order": ("orders and their lines", lambda: PurchaseOrder.objects.filter(pk__gt=0).update(amount=1)),
    "invoice": ("invoices", lambda: Invoice.objects.update(amount_paid=1)),
    "invoice line": ("invoice lines and adjustments", lambda: InvoiceLine.objects.update(amount=1)),
    "stock": ("stock and reservations", lambda: Stock.objects.filter(reserved__gt=0).update(reserved=0)),
    "reservation": (
        "stock and reservations",
        lambda: StockReservation.objects.filter(quantity_consumed=0).update(quantity_released=1),
    ),
    "certificate": ("acceptances and receipts", lambda: Acceptance.objects.update(amount=1)),
    "choice": ("choices and offers", lambda: MemberChoice.objects.filter(replaced_at=None).update(amount=1)),
    "offer": ("choices and offers", lambda: GroupOrderOffer.objects.update(quantity_chosen=1)),
    "allowance": ("allowances", lambda: Allowance.objects.filter(committed__gt=0).update(committed=1)),
    "impact entry": (
        "impact of every line",
        lambda: ImpactEntry.objects.filter(measure="completed").update(quantity=1),
    ),
    "impact total": ("impact totals", lambda: ImpactTotal.objects.filter(dimension="village").update(amount=1)),
}


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_corrupted_row_is_named(world: World, kind: str) -> None:
    walked(world)
    assert mismatches() == []
    check, corrupt = CORRUPTIONS[kind]
    output = io.StringIO()
    with transaction.atomic():
        corrupt()
        with pytest.raises(SystemExit, match="1"):
            call_command("verify_books", stdout=output)
        transaction.set_rollback(True)
    assert f"FAIL  {check}" in output.getvalue()


def test_sound_books_print_a_line_per_check(world: World) -> None:
    walked(world)
    output = io.StringIO()
    call_command("verify_books", stdout=output)
    assert output.getvalue().splitlines() == [f"ok    {name}" for name in CHECKS]
