"""Any sequence of steps leaves the books content, and a corrupted row of each kind is named."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.signal_handlers import disable_reference_index_auto_update

from marketplace.allowances.models import Allowance, AllowanceEntry
from marketplace.catalogue.capacity import SharedCapacity
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.freight_rules import FreightZone
from marketplace.catalogue.models import Listing, Pack, Stock
from marketplace.catalogue.sessions import ServiceSession
from marketplace.errors import Refused
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.models import (
    Acceptance,
    AcceptanceLine,
    Cancellation,
    ConsignmentLine,
    GoodsReturn,
)
from marketplace.fulfilment.vouchering import issue_vouchers
from marketplace.fulfilment.vouchers import Voucher
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.models import GroupOrderOffer, MemberChoice, Participant
from marketplace.grouporders.taking_part import remove_participant, set_point
from marketplace.impact.corrections import Attribution
from marketplace.impact.elsewhere import actions
from marketplace.impact.elsewhere.models import ElsewhereLine, ElsewherePurchase, ElsewhereVoiding
from marketplace.impact.models import AttributionCorrection, ImpactEntry, ImpactTotal
from marketplace.ledger.models import Account, JournalEntry, Posting
from marketplace.management.books import CHECKS
from marketplace.money import Money, yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import (
    DeliveryLine,
    OrderLine,
    PurchaseOrder,
    Requisition,
    RequisitionFreight,
    RequisitionLine,
    StockReservation,
)
from marketplace.orders.placing import LineAnswer
from marketplace.parties import actions as parties
from marketplace.parties.models import DeliveryPoint
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Fapiao, Invoice, InvoiceAdjustment, InvoiceLine, Payment, Refund
from marketplace.payments.refunds import BankAccount
from marketplace.purchase.answer import answer
from marketplace.purchase.cancel import (
    agree_to_cancel,
    cancel,
    propose_cancellation,
    refuse_to_cancel,
    withdraw_cancellation,
)
from marketplace.purchase.correct import agree_to_correct, propose_correction, refuse_correction
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.pay import (
    accepted_amount,
    enter_fapiao,
    fapiao_due,
    record_payment,
    reverse_payment,
    void_fapiao,
)
from marketplace.purchase.place import place
from marketplace.purchase.refund import fail_refund, finish_refund, request_refund, use_held
from marketplace.purchase.reopen import reopen
from marketplace.purchase.send_back import (
    agree_to_return,
    give_up_replacement,
    propose_return,
    refuse_return,
    send_replacement,
    take_replacement,
    withdraw_return,
)
from marketplace.ratings.actions import rate
from marketplace.ratings.models import Rating, RatingTotal
from tests.factories import elsewhere
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


refuse = partial(refuse_to_cancel, reason="不同意")


class Market:
    """One group order and whatever becomes of it, driven by a die; a refusal is an answer like any other."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)
        Listing.objects.filter(pk=world.rice.pk).update(tax_rate="9")
        self.set_freight()
        clerk, self.points = world.users["clerk"], list(world.union.delivery_points.order_by("pk"))
        if len(self.points) < 2:
            self.points.append(
                parties.add_delivery_point(
                    organisation=world.union, name="二库", address="示范路2号", contact_name="乙", phone="13800000002",
                    by=clerk, at=world.now,
                )
            )  # fmt: skip
        self.group_order = factory.open_group_order(world, count=4, further=(self.points[1],))
        for participant in factory.participants(self.group_order):
            set_point(participant=participant, delivery_point=self.rng.choice(self.points), by=clerk, at=world.now)
        self.number = seed * 1000
        self.taken: Counter[str] = Counter()
        if self.rng.random() < 0.85:  # mostly begin where an order stands, so that the long end is walked too
            first = [
                self.choose,
                self.choose,
                self.choose,
                self.close,
                self.request,
                self.submit,
                self.approve,
                self.place,
            ]
            for step in first:
                self.attempt(step)

    def attempt(self, step: Callable[[], Any]) -> bool:
        """Take one step; whether it was not refused."""
        try:
            with transaction.atomic():
                step()
        except Refused:
            return False
        self.taken[step.__name__] += 1
        return True

    def steps(self) -> list[Callable[[], Any]]:
        forward = [self.answer, self.dispatch, self.receive, self.accept, self.fapiao, self.pay] * 2
        return [
            self.begin_again, self.choose, self.choose, self.close, self.reopen, self.request,
            self.basket, self.basket, self.request_basket,
            *[self.submit, self.approve, self.place] * 2, self.send_back, *forward, self.cancel,
            self.propose_cancellation, self.answer_cancellation, self.answer_cancellation,
            self.take_back, self.answer_return, self.answer_return,
            self.void_fapiao, self.reverse_payment, self.refund, self.finish_refund, self.use_held,
            self.propose_correction, self.decide_correction, self.set_freight,
            self.enter_elsewhere, self.check_elsewhere, self.withdraw_elsewhere, self.ask_to_void, self.decide_voiding,
            self.move_member, self.remove_member,
        ]  # fmt: skip

    def one_order(self, **likely: Any) -> PurchaseOrder:
        """Any order, but most often one of those for which the step is ``likely`` to be due."""
        return self.one(PurchaseOrder, **likely)

    def begin_again(self) -> None:
        """The union's next group order, once what was chosen in this one is placed."""
        if not self.group_order.requisitions.filter(state="placed").exists():
            raise Refused
        self.group_order = factory.open_group_order(self.world, count=0, further=(self.points[1],))

    def basket(self) -> None:
        """The society's next direct purchase is gathered."""
        pack, quantity = self.rng.choice([self.world.tea_pack, self.world.rice_pack]), self.rng.randint(1, 3)
        orders.set_basket_line(
            organisation=self.world.society,
            pack=pack,
            quantity=quantity,
            by=self.world.users["buyer"],
            at=self.world.now,
        )

    def request_basket(self) -> None:
        orders.request_from_basket(
            organisation=self.world.society,
            campaign=self.rng.choice([None, self.world.campaign]),
            purpose="charity",
            fund_source="organisation",
            delivery_point=self.world.society.delivery_points.get(),
            by=self.world.users["buyer"],
            at=self.world.now,
        )

    def of_buyer(self, document: Any, role: str) -> Any:
        """Who holds the role at the document's buyer."""
        names = {
            "requester": ("clerk", "buyer"),
            "approver": ("chair", "head"),
            "receiver": ("store", "keeper"),
            "treasurer": ("treasurer", "keeper"),
        }
        return self.world.users[names[role][document.organisation_id == self.world.society.pk]]

    def choose(self) -> None:
        participant = self.rng.choice(factory.participants(self.group_order))
        wanted = {self.world.tea_pack.pk: self.rng.randint(0, 3), self.world.rice_pack.pk: self.rng.randint(0, 4)}
        grouporders.choose(participant=participant, quantities=wanted, by=self.world.users["clerk"], at=self.world.now)

    def close(self) -> None:
        close_group_order(group_order=self.group_order, by=self.world.users["clerk"], at=self.world.now)

    def reopen(self) -> None:
        until = self.world.now + timedelta(days=1)
        reopen(group_order=self.group_order, closes_at=until, by=self.world.users["clerk"], at=self.world.now)

    def request(self) -> None:
        by = self.world.users["clerk"]
        orders.request_from_group_order(group_order=self.group_order, by=by, at=self.world.now)

    def submit(self) -> None:
        row = self.one(Requisition, state__in=["draft", "returned"])
        orders.submit_requisition(requisition=row, by=self.of_buyer(row, "requester"), at=self.world.now)

    def approve(self) -> None:
        row = self.one(Requisition, state="submitted")
        orders.approve_requisition(requisition=row, by=self.of_buyer(row, "approver"), at=self.world.now)

    def send_back(self) -> None:
        row, by = self.one(Requisition, state__in=["submitted", "approved"]), "approver"
        orders.return_requisition(requisition=row, reason="缺依据", by=self.of_buyer(row, by), at=self.world.now)

    def place(self) -> None:
        row = self.one(Requisition, state="approved")
        place(requisition=row, by=self.of_buyer(row, "approver"), at=self.world.now)

    def answer(self) -> None:
        order = self.one_order(answered_at=None, cancelled_at=None)
        answers = [
            LineAnswer(line.pk, self.rng.choice([n, n, self.rng.randint(0, n)]), self.world.now.date(), "减产")
            for line in order.lines.all()
            for n in [line.quantity_ordered]
        ]
        answer(order=order, answers=answers, by=factory.seat(order), at=self.world.now)

    def cancel(self) -> None:
        order = self.one_order(answered_at=None, cancelled_at=None)
        cancel(order=order, reason="不要了", by=self.of_buyer(order, "approver"), at=self.world.now)

    def dispatch(self) -> None:
        order = self.one_order(answered_at__isnull=False, acceptance=None, cancelled_at=None)
        most = self.rng.random() < 0.6  # often everything, so that the long end of the road is reached
        delivery = self.rng.choice(list(order.deliveries.order_by("pk")))
        quantities = {
            row.line_id: row.quantity_due if most else self.rng.randint(0, row.quantity) for row in delivery.lines.all()
        }
        dispatch(order=order, quantities=quantities, delivery=delivery, by=factory.seat(order), at=self.world.now)

    def move_member(self) -> None:
        participant, point = self.rng.choice(factory.participants(self.group_order)), self.rng.choice(self.points)
        set_point(participant=participant, delivery_point=point, by=self.world.users["clerk"], at=self.world.now)

    def remove_member(self) -> None:
        participant = self.rng.choice(factory.participants(self.group_order))
        if self.rng.random() < 0.7:
            raise Refused  # seldom, so that somebody is left to choose
        remove_participant(participant=participant, reason="调离", by=self.world.users["clerk"], at=self.world.now)

    def receive(self) -> None:
        order = self.one_order(consignments__isnull=False, consignments__receipt=None)
        under_way = list(order.consignments.filter(receipt=None))
        if not under_way:
            raise Refused
        for consignment in under_way:
            counts = []
            for row in consignment.lines.all():
                damaged = self.rng.choice([0, 0, self.rng.randint(0, row.quantity)])
                counts.append(Count(row.pk, row.quantity - damaged, damaged=damaged))
            receive(consignment=consignment, counts=counts, by=self.of_buyer(order, "receiver"), at=self.world.now)

    def accept(self) -> None:
        order = self.one_order(consignments__receipt__isnull=False, acceptance=None)
        accept(order=order, without_unsent=True, by=self.of_buyer(order, "receiver"), at=self.world.now)

    def fapiao(self) -> None:
        order, self.number = self.one_order(acceptance__isnull=False, fapiao_history=None), self.number + 1
        enter_fapiao(
            order=order,
            number=f"{self.number:020d}",
            title=order.fapiao_title,
            amount=accepted_amount(order),
            tax=fapiao_due(order).tax,
            issued_on=self.world.now.date(),
            by=factory.seat(order),
            at=self.world.now,
        )

    def pay(self) -> None:
        self.number += 1
        invoice = self.one(Invoice, settled_at=None)
        amount = self.rng.choice([invoice.amount_open, Money(self.rng.randint(1, 20000))])
        receipt = Receipt(f"B{self.number}", amount, self.world.now.date())
        by = self.of_buyer(invoice, "treasurer")
        record_payment(invoice=invoice, receipt=receipt, by=by, at=self.world.now)

    def take_back(self) -> None:
        order = self.one(Acceptance).order
        quantities = {line.pk: self.rng.randint(1, 2) for line in order.lines.all()}
        remedy = self.rng.choice(GoodsReturn.Remedy.values)
        store = self.of_buyer(order, "receiver")
        propose_return(order=order, quantities=quantities, reason="漏气", remedy=remedy, by=store, at=self.world.now)

    def answer_return(self) -> None:
        row = self.one(GoodsReturn, refused_at=None, withdrawn_at=None, returned_at=None)
        seat, store, at = factory.seat(row.order), self.of_buyer(row.order, "receiver"), self.world.now
        steps: list[Callable[[], Any]] = [
            lambda: agree_to_return(goods_return=row, by=seat, at=at),
            lambda: agree_to_return(goods_return=row, by=seat, at=at),
            lambda: refuse_return(goods_return=row, reason="已开封", by=seat, at=at),
            lambda: withdraw_return(goods_return=row, by=store, at=at),
            lambda: send_replacement(goods_return=row, by=seat, at=at),
            lambda: take_replacement(goods_return=row, by=store, at=at),
            lambda: give_up_replacement(goods_return=row, by=store, at=at + timedelta(days=30)),
        ]
        self.rng.choice(steps)()

    def one(self, model: Any, **likely: Any) -> Any:
        """Any document, but most often one of those for which the step is ``likely`` to be due."""
        wanted = likely if self.rng.random() < 0.9 else {}
        found = list(model.objects.filter(**wanted).order_by("pk").values_list("pk", flat=True).distinct())
        if not found:
            raise Refused
        return model.objects.get(pk=self.rng.choice(found))

    def propose_cancellation(self) -> None:
        order = self.one_order(answered_at__isnull=False, acceptance=None, cancelled_at=None)
        quantities = {line.pk: self.rng.randint(0, line.quantity_ordered) for line in order.lines.all()}
        side, by = self.rng.choice([("buyer", self.of_buyer(order, "approver")), ("vendor", factory.seat(order))])
        propose_cancellation(
            order=order, quantities=quantities, side=side, fault="both", reason="变更", by=by, at=self.world.now
        )

    def answer_cancellation(self) -> None:
        row = self.one(Cancellation, agreed_at=None, refused_at=None, withdrawn_at=None)
        side = self.rng.choice(["buyer", "vendor"])
        by = self.of_buyer(row.order, "approver") if side == "buyer" else factory.seat(row.order)
        step = self.rng.choice([agree_to_cancel, agree_to_cancel, refuse, withdraw_cancellation])
        step(cancellation=row, side=side, by=by, at=self.world.now)

    def void_fapiao(self) -> None:
        order, self.number = (
            self.one_order(fapiao_history__isnull=False, fapiao_history__voided_at=None),
            self.number + 1,
        )
        red = f"{self.number:020d}"
        void_fapiao(order=order, red_number=red, reason="开错", by=factory.seat(order), at=self.world.now)

    def reverse_payment(self) -> None:
        payment = self.one(Payment, reversed_at=None, amount_refunded=0)
        by = self.of_buyer(payment.invoice, "approver")
        reverse_payment(payment=payment, reason="录错", by=by, at=self.world.now)

    def refund(self) -> None:
        invoice = self.one(Invoice, settled_at__isnull=False)
        amount = self.rng.choice([invoice.amount_overpaid, Money(self.rng.randint(1, 20000))])
        account = BankAccount("甲", "乙银行", "1")
        by = self.of_buyer(invoice, "treasurer")
        request_refund(invoice=invoice, amount=amount, account=account, by=by, at=self.world.now)

    def use_held(self) -> None:
        held = [row for row in Invoice.objects.order_by("pk") if row.amount_overpaid]
        if not held:
            raise Refused
        invoice, at = self.rng.choice(held), self.world.now
        by, towards = self.of_buyer(invoice, "treasurer"), self.one(Invoice, settled_at=None)
        use_held(invoice=invoice, towards=towards, amount=invoice.amount_overpaid, by=by, at=at)

    def propose_correction(self) -> None:
        order = self.one_order()
        to = Attribution(self.rng.choice([None, self.world.campaign]), order.purpose, order.fund_source)
        by = self.of_buyer(order, "requester")
        propose_correction(order=order, to=to, reason="记错", by=by, at=self.world.now)

    def decide_correction(self) -> None:
        row, officer = self.one(AttributionCorrection, agreed_at=None, refused_at=None), self.world.users["operator"]
        if self.rng.random() < 0.7:
            agree_to_correct(correction=row, by=officer, at=self.world.now)
        else:
            refuse_correction(correction=row, reason="不改", by=officer, at=self.world.now)

    def set_freight(self) -> None:
        """A new edition, most often with fees, sometimes free near by from an amount that declining falls below."""
        seller = self.rng.choice([self.world.tea_vendor, self.world.rice_vendor])
        step, free = self.rng.choice([300, 500, 1000]), self.rng.choice([None, None, yuan(300), yuan(500)])
        near = Zone("341802", True, 1000, Money(self.rng.randint(0, 999)), step, Money(self.rng.randint(0, 299)), free)
        far = Zone("", self.rng.random() < 0.5, 1000, yuan(20), 1000, yuan(7))
        factory.charges(seller, self.world.now, near, far)

    def enter_elsewhere(self) -> None:
        """One of two fapiao and one of three amounts, so that what is entered twice is refused."""
        lines = [elsewhere.line(amount=yuan(self.rng.randint(1, 3))) for _ in range(self.rng.randint(1, 3))]
        make = self.rng.choice([elsewhere.entry, elsewhere.helped])
        seller = self.rng.choice(["山里人家", self.world.tea_vendor.name])
        fapiao = self.rng.choice(["", "", f"{self.rng.randint(1, 2):020d}"])
        campaign = self.rng.choice([None, self.world.campaign])
        elsewhere.submitted(
            self.world, make(self.world, *lines, seller_name=seller, fapiao_number=fapiao, campaign=campaign)
        )

    def check_elsewhere(self) -> None:
        row, officer, at = (
            self.one(ElsewherePurchase, state="submitted"),
            elsewhere.district(self.world),
            self.world.now,
        )
        if self.rng.random() < 0.8:
            actions.confirm_purchase(purchase=row, submission=row.submissions, by=officer, at=at)
        else:
            actions.return_purchase(purchase=row, submission=row.submissions, reason="不清楚", by=officer, at=at)

    def withdraw_elsewhere(self) -> None:
        actions.withdraw_purchase(
            purchase=self.one(ElsewherePurchase, state="submitted"), by=self.world.users["buyer"], at=self.world.now
        )

    def ask_to_void(self) -> None:
        officer = elsewhere.district(self.world)
        actions.propose_voiding(
            purchase=self.one(ElsewherePurchase, state="confirmed"), reason="重复", by=officer, at=self.world.now
        )

    def decide_voiding(self) -> None:
        row, operator = self.one(ElsewhereVoiding, agreed_at=None, refused_at=None), self.world.users["operator"]
        if self.rng.random() < 0.7:
            actions.agree_to_void(voiding=row, by=operator, at=self.world.now)
        else:
            actions.refuse_to_void(voiding=row, reason="不是", by=operator, at=self.world.now)

    def finish_refund(self) -> None:
        refund, self.number = self.one(Refund, done_at=None, failed_at=None), self.number + 1
        if self.rng.random() < 0.6:
            finish_refund(refund=refund, transaction_number=f"R{self.number}", by=None, at=self.world.now)
        else:
            fail_refund(refund=refund, failure="退票", by=None, at=self.world.now)


def mismatches() -> list[str]:
    """Everything any check has to say."""
    return [line for check in CHECKS.values() for line in check()]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), length=st.integers(20, 80))
def test_any_sequence_of_steps_leaves_the_books_content(world: World, seed: int, length: int) -> None:
    with transaction.atomic():
        world.users["operator"] = factory.user("operator", is_superuser=True)
        walk = Market(world, seed)
        for _ in range(length):
            walk.attempt(walk.rng.choice(walk.steps()))
        assert mismatches() == []
        transaction.set_rollback(True)


@pytest.mark.parametrize("seed", range(5))
def test_five_histories_of_a_thousand_steps_leave_the_books_content_and_take_every_step(
    world: World, seed: int
) -> None:
    """Each is unbroken, and a thousand steps were taken in it: refusals come on top and are not counted."""
    world.users["operator"] = factory.user("operator", is_superuser=True)
    elsewhere.district(world)
    with disable_reference_index_auto_update():
        walk = Market(world, seed)
        factory.placed(world, tea=1, rice=1, count=2)  # another purchase, so that held money has somewhere to go
        while walk.taken.total() < 1000:
            if walk.attempt(walk.rng.choice(walk.steps())) and walk.taken.total() % 100 == 0:
                assert mismatches() == [], walk.taken.total()
    assert {step.__name__ for step in walk.steps()} - walk.taken.keys() == set()


def walked(world: World) -> None:
    """A purchase with every kind of row: one order accepted, matched and paid, one still to be sent."""
    factory.charges(world.tea_vendor, world.now)
    tea, rice = factory.placed(world)
    factory.answered(tea, world.now, decline=2)
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
    invoice = Invoice.objects.select_related("organisation").get(organisation=world.union)
    receipt = Receipt("B1", invoice.amount_open + yuan(5), world.now.date())
    treasurer = world.users["treasurer"]
    record_payment(invoice=invoice, receipt=receipt, by=treasurer, at=world.now)
    account = BankAccount("甲", "乙银行", "1")
    request_refund(invoice=invoice, amount=yuan(3), account=account, by=treasurer, at=world.now)
    rate(line=tea.lines.select_related("order").get(), stars=4, by=world.users["store"], at=world.now)
    outing = factory.outing(world)
    issue_vouchers(order=outing, by=world.users["buyer"], at=world.now)
    elsewhere.confirmed(world)
    elsewhere.submitted(world, elsewhere.helped(world))


def unbalance() -> None:
    entry = JournalEntry.objects.create(source="corrupted", memo="", posted_at="2026-11-23T00:00:00Z")
    Posting.objects.create(entry=entry, account=Posting.objects.all()[0].account, amount=yuan(1))


def misdirect() -> None:
    """An entry that sums to zero, to the account of a vendor who delivered nothing for it."""
    entry = JournalEntry.objects.create(source="corrupted", memo="", posted_at="2026-11-23T00:00:00Z")
    accounts = list(Account.objects.filter(key__startswith="payable:")[:1]) + list(Account.objects.filter(key="bank"))
    for account, amount in zip(accounts, [yuan(-1), yuan(1)], strict=True):
        Posting.objects.create(entry=entry, account=account, amount=amount)


def collected_elsewhere() -> None:
    """One member is noted at another place than their goods went to."""
    point = DeliveryPoint.objects.create(
        organisation_id=Participant.objects.all()[0].group_order.organisation_id, name="别处", address="", phone=""
    )
    Participant.objects.filter(pk=Participant.objects.order_by("pk")[0].pk).update(delivery_point=point)


CORRUPTIONS: dict[str, tuple[str, Callable[[], Any]]] = {
    "posting": ("journal entries sum to zero", unbalance),
    "posting to the wrong account": ("account balances", misdirect),
    "requisition": ("requisitions, their lines and choices", lambda: Requisition.objects.update(amount=1)),
    "requisition line": (
        "requisitions, their lines and choices",
        lambda: RequisitionLine.objects.update(quantity=F("quantity") + 1),
    ),
    "order": ("orders and their lines", lambda: PurchaseOrder.objects.filter(pk__gt=0).update(amount=1)),
    "freight": ("freight", lambda: PurchaseOrder.objects.filter(freight__gt=0).update(freight=1)),
    "freight asked for": ("freight", lambda: Requisition.objects.update(freight=1)),
    "freight approved": ("freight", lambda: RequisitionFreight.objects.filter(amount__gt=0).update(amount=1)),
    "freight edition": ("freight", lambda: FreightZone.objects.update(next_fee=199)),
    "freight certified": ("freight", lambda: Acceptance.objects.update(freight=1)),
    "freight given back": ("freight", lambda: InvoiceAdjustment.objects.filter(reason="freight").update(amount=-1)),
    "delivery": ("deliveries and places", lambda: DeliveryLine.objects.update(quantity=F("quantity") + 1)),
    "delivery released": ("deliveries and places", lambda: DeliveryLine.objects.update(quantity_released=1)),
    "collected elsewhere": ("deliveries and places", collected_elsewhere),
    "invoice": ("invoices", lambda: Invoice.objects.update(amount_paid=1)),
    "invoice line": ("invoice lines and adjustments", lambda: InvoiceLine.objects.update(amount=1)),
    "payment": ("invoices", lambda: Payment.objects.update(amount=F("amount") + 1)),
    "payment in the book": ("account balances", lambda: Payment.objects.update(amount=F("amount") + 1)),
    "refund": ("invoices", lambda: Refund.objects.update(amount=1)),
    "refund in the book": ("account balances", lambda: Refund.objects.update(amount=1)),
    "stock": ("stock and reservations", lambda: Stock.objects.filter(reserved__gt=0).update(reserved=0)),
    "harvest": (
        "harvests and what draws on them",
        lambda: SharedCapacity.objects.create(
            listing=Listing.objects.earliest("pk"), begins_on=date(2027, 3, 1), amount=10, promised=5
        ),
    ),
    "places of a session": (
        "sessions and their bookings",
        lambda: SharedCapacity.objects.filter(measure="persons").update(promised=F("promised") + 1),
    ),
    "places used": (
        "sessions and their bookings",
        lambda: SharedCapacity.objects.filter(measure="persons").update(spent=F("spent") + 1),
    ),
    "session of a line": ("sessions and their bookings", lambda: OrderLine.objects.update(session=None)),
    "session called off": (
        "sessions and their bookings",
        lambda: ServiceSession.objects.update(called_off_at="2026-11-23T00:00:00Z"),
    ),
    "voucher": (
        "vouchers and what they are for",
        lambda: Voucher.objects.create(
            line=OrderLine.objects.get(is_redeemed=True),
            number=99,
            valid_until=date(2027, 1, 1),
            made_at="2026-11-23T00:00:00Z",
        ),
    ),
    "price": (
        "prices and their history",
        lambda: Pack.objects.filter(listing=Listing.objects.earliest("pk")).update(unit_price=1),
    ),
    "price without a history": (
        "prices and their history",
        lambda: Pack.objects.create(
            listing=Listing.objects.earliest("pk"), name="1 kg", unit="袋", unit_price=yuan(1), sort_order=9
        ),
    ),
    "count of ratings": ("ratings and their totals", lambda: RatingTotal.objects.update(count=2)),
    "stars of ratings": ("ratings and their totals", lambda: Rating.objects.update(stars=1)),
    "rating of what went back": (
        "ratings and their totals",
        lambda: Rating.objects.update(returned_at="2026-11-23T00:00:00Z"),
    ),
    "rating hidden past the action": (
        "ratings and their totals",
        lambda: Rating.objects.update(hidden_at="2026-11-23T00:00:00Z", hidden_reason="x"),
    ),
    "reservation": (
        "stock and reservations",
        lambda: StockReservation.objects.filter(quantity_consumed=0).update(quantity_released=1),
    ),
    "parcel": ("stock and reservations", lambda: ConsignmentLine.objects.update(quantity=F("quantity") + 1)),
    "certificate": ("acceptances and receipts", lambda: Acceptance.objects.update(amount=1)),
    "line of a certificate": ("acceptances and receipts", lambda: AcceptanceLine.objects.update(quantity=1)),
    "fapiao": (
        "impact of every line",
        lambda: Fapiao.objects.update(voided_at="2026-11-23T00:00:00Z", red_number="26340000000000000002"),
    ),
    "choice": ("choices and offers", lambda: MemberChoice.objects.filter(replaced_at=None).update(amount=1)),
    "offer": ("choices and offers", lambda: GroupOrderOffer.objects.update(quantity_chosen=1)),
    "allowance": ("allowances", lambda: Allowance.objects.filter(committed__gt=0).update(committed=1)),
    "entry of an allowance": (
        "allowances",
        lambda: AllowanceEntry.objects.filter(committed_change__gt=0).update(committed_change=1),
    ),
    "impact entry": (
        "impact of every line",
        lambda: ImpactEntry.objects.filter(measure="completed", line__isnull=False).update(quantity=1),
    ),
    "purchase made elsewhere": ("purchases made elsewhere", lambda: ElsewherePurchase.objects.update(amount=1)),
    "line bought elsewhere": ("purchases made elsewhere", lambda: ElsewhereLine.objects.update(amount=1)),
    "state of a purchase made elsewhere": (
        "purchases made elsewhere",
        lambda: ElsewherePurchase.objects.update(state="confirmed"),
    ),
    "channel of an impact entry": (
        "purchases made elsewhere",
        lambda: ImpactEntry.objects.filter(channel="market").update(channel="832"),
    ),
    "mode of an impact entry": (
        "purchases made elsewhere",
        lambda: ImpactEntry.objects.filter(channel="market").update(mode="helped"),
    ),
    "quantity bought elsewhere": (
        "purchases made elsewhere",
        lambda: ImpactEntry.objects.filter(channel="market").update(quantity=1),
    ),
    "fapiao counted twice": (
        "purchases made elsewhere",
        lambda: ElsewherePurchase.objects.filter(state="confirmed").update(fapiao_number="26340000000000000001"),
    ),
    "mode of an impact total": (
        "impact totals",
        lambda: ImpactTotal.objects.filter(channel="elsewhere").update(mode="helped"),
    ),
    "impact total": ("impact totals", lambda: ImpactTotal.objects.filter(dimension="village").update(amount=1)),
    "quantity of an impact total": (
        "impact totals",
        lambda: ImpactTotal.objects.filter(dimension="village").update(quantity=1),
    ),
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
