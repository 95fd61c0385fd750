"""People who do the same thing at the same moment, on PostgreSQL; each with the lock taken away as a control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from threading import get_ident
from typing import Any
from unittest.mock import patch

import pytest

from marketplace.access.actions import answer_complaint, file_complaint
from marketplace.access.errors import ComplaintAnswered
from marketplace.access.models import BarrierComplaint
from marketplace.catalogue.errors import InsufficientStock
from marketplace.catalogue.models import Stock
from marketplace.errors import IllegalTransition
from marketplace.files import private_storage
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.errors import ProposalClosed
from marketplace.fulfilment.models import Acceptance, AcceptanceLine, Consignment, GoodsReceipt, GoodsReturn
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.errors import OffTheRoll
from marketplace.grouporders.models import MemberChoice
from marketplace.impact.elsewhere.actions import confirm_purchase, submit_purchase
from marketplace.impact.elsewhere.errors import EnteredAtOnce
from marketplace.impact.elsewhere.models import ElsewherePurchase
from marketplace.impact.models import ImpactEntry
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.errors import AnsweredBeforeCancel, OrderCancelled
from marketplace.orders.models import Approval, PurchaseOrder, Requisition
from marketplace.parties.errors import PurchaseUnderWay
from marketplace.payments import checkouts
from marketplace.payments.errors import NothingToRefund, PaymentAlreadyRecorded, PaymentReversed
from marketplace.payments.gateways.base import Event, Receipt
from marketplace.payments.models import GatewayEvent, Invoice, Payment, Refund
from marketplace.payments.refunds import BankAccount
from marketplace.purchase.cancel import cancel
from marketplace.purchase.checkout import open_page
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.erase import erase_member
from marketplace.purchase.pay import record_payment, reverse_payment
from marketplace.purchase.place import place
from marketplace.purchase.refund import request_refund
from marketplace.purchase.send_back import agree_to_return, propose_return
from tests.architecture.stage import scan
from tests.concurrency.together import MEETING, failures, lingering, together, without_locks
from tests.factories import elsewhere
from tests.factories import world as factory
from tests.factories.online import serving, told
from tests.factories.world import World, build_world
from website.demo.stripe_api import StripeServer

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

VOUCHER = scan()
TODAY = date(2026, 11, 23)


@pytest.fixture
def market(transactional_db: None, now: object) -> World:
    """The small world, really committed."""
    return build_world(now)


def direct_requisition(world: World, *, approved: bool = True) -> Requisition:
    """The society asks for one tin."""
    buyer, head = world.users["buyer"], world.users["head"]
    orders.set_basket_line(organisation=world.society, pack=world.tea_pack, quantity=1, by=buyer, at=world.now)
    made = orders.request_from_basket(
        organisation=world.society,
        campaign=world.campaign,
        purpose="charity",
        fund_source="organisation",
        delivery_point=world.society.delivery_points.get(),
        by=buyer,
        at=world.now,
    )
    made = orders.submit_requisition(requisition=made, by=buyer, at=world.now)
    return orders.approve_requisition(requisition=made, by=head, at=world.now) if approved else made


def last_units(world: World, _attempt: int, *, clients: int, units: int) -> None:
    """So many clients place an order for one tin each, and there are ``units``."""
    stock = Stock.objects.filter(pack=world.tea_pack)
    stock.update(on_hand=1000, reserved=0)
    requisitions = list(Requisition.objects.filter(state="approved"))  # who went short the last time asks again
    requisitions += [direct_requisition(world) for _ in range(clients - len(requisitions))]
    stock.update(on_hand=units)
    steps = [partial(place, requisition=row, by=world.users["head"], at=world.now) for row in requisitions]
    with lingering("marketplace.catalogue.actions.lock_stocks"):
        answers = together(*steps)
    assert sum(isinstance(answer, list) for answer in answers) == units
    assert sum(isinstance(answer, InsufficientStock) for answer in answers) == clients - units
    assert Stock.objects.get(pack=world.tea_pack).available == 0


def test_twenty_clients_share_the_last_seven_units(market: World) -> None:
    last_units(market, 0, clients=20, units=7)
    assert PurchaseOrder.objects.count() == 7


def test_without_the_stock_lock_the_last_units_are_quarrelled_over(market: World) -> None:
    with without_locks("marketplace.catalogue.actions.lock_stocks"):
        assert failures(partial(last_units, market, clients=20, units=7)) >= 9


def two_tabs(world: World, attempt: int, *, people: list[object]) -> None:
    """One member chooses in two tabs at once; what is held is what stands."""
    participant = people[attempt]
    wanted = [{world.tea_pack.pk: 2}, {world.rice_pack.pk: 6}]
    steps = [
        partial(grouporders.choose, participant=participant, quantities=quantities, at=world.now)
        for quantities in wanted
    ]
    with lingering("marketplace.grouporders.actions.lock_participant"):
        answers = together(*steps)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    participant.allowance.refresh_from_db()
    standing = MemberChoice.objects.get(participant=participant, replaced_at=None)
    assert participant.allowance.held == standing.amount


def test_two_tabs_cannot_overspend_one_allowance(market: World) -> None:
    people = factory.participants(factory.open_group_order(market, count=3))
    two_tabs(market, 0, people=people)
    assert list(CHECKS["allowances"]()) == []
    assert list(CHECKS["choices and offers"]()) == []


def test_without_the_allowance_lock_two_tabs_do_harm(market: World) -> None:
    people = factory.participants(factory.open_group_order(market, count=10))
    with without_locks():
        assert failures(partial(two_tabs, market, people=people)) >= 9


def two_approvers(world: World, _attempt: int) -> None:
    """Two approvers press the button at once: one decision, one sentence."""
    requisition = direct_requisition(world, approved=False)
    steps = [
        partial(orders.approve_requisition, requisition=requisition, by=world.users[name], at=world.now)
        for name in ("head", "deputy")
    ]
    with lingering("marketplace.orders.actions.lock_requisition"):
        answers = together(*steps)
    assert sum(isinstance(answer, Requisition) for answer in answers) == 1
    assert sum(isinstance(answer, IllegalTransition) for answer in answers) == 1
    assert Approval.objects.filter(requisition=requisition).count() == 1


@pytest.fixture
def deputy(market: World) -> World:
    """The society has a second approver."""
    market.users["deputy"] = factory.user("deputy")
    market.society.memberships.create(user=market.users["deputy"], role="approver", began_at=market.now)
    return market


def test_two_approvers_decide_once(deputy: World) -> None:
    two_approvers(deputy, 0)


def test_without_the_requisition_lock_both_decide(deputy: World) -> None:
    with without_locks():
        assert failures(partial(two_approvers, deputy)) >= 9


def choosing_while_erased(world: World, attempt: int, *, people: list[object]) -> None:
    """A member chooses while the administrator erases them: either goods are to come, or nobody is there to choose."""
    participant = people[attempt]
    steps = [
        partial(grouporders.choose, participant=participant, quantities={world.tea_pack.pk: 1}, at=world.now),
        partial(erase_member, member=participant.member, by=world.users["admin"], at=world.now),
    ]
    with (
        lingering("marketplace.grouporders.actions.lock_participant"),
        lingering("marketplace.purchase.erase.lock_member"),
    ):
        answers = together(*steps)
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], OffTheRoll | PurchaseUnderWay)
    participant.member.refresh_from_db()
    has_chosen = MemberChoice.objects.filter(participant=participant, replaced_at=None, amount__gt=0).exists()
    assert has_chosen == (participant.member.erased_at is None)


def test_a_member_is_not_erased_while_choosing(market: World) -> None:
    people = factory.participants(factory.open_group_order(market, count=5))
    for attempt in range(5):
        choosing_while_erased(market, attempt, people=people)
    assert [line for check in CHECKS.values() for line in check()] == []


def test_without_the_member_lock_goods_are_chosen_for_nobody(market: World) -> None:
    people = factory.participants(factory.open_group_order(market, count=10))
    with without_locks():
        assert failures(partial(choosing_while_erased, market, people=people)) >= 9


def pay(world: World, invoice: Invoice, number: str) -> Callable[[], Payment]:
    """A treasurer records ten yuan under a bank's serial number, with the voucher."""
    receipt = Receipt(number, yuan(10), TODAY)
    return partial(
        record_payment, invoice=invoice, receipt=receipt, voucher=VOUCHER, by=world.users["keeper"], at=world.now
    )


def stored_vouchers() -> int:
    """How many voucher files lie in the private storage."""
    storage = private_storage()
    try:
        return len(storage.listdir("files/2026/11/23")[1])
    except FileNotFoundError:
        return 0


def two_treasurers(world: World, attempt: int, *, invoice: Invoice) -> None:
    """Two treasurers record the same transfer at once: one payment, one file, one sentence."""
    before, files = Payment.objects.count(), stored_vouchers()
    paid = Invoice.objects.get(pk=invoice.pk).amount_paid
    with lingering("marketplace.purchase.pay.lock_invoice"):
        answers = together(pay(world, invoice, f"B{attempt}"), pay(world, invoice, f"B{attempt}"))
    assert sum(isinstance(answer, Payment) for answer in answers) == 1
    assert sum(isinstance(answer, PaymentAlreadyRecorded) for answer in answers) == 1
    assert Payment.objects.count() == before + 1
    assert stored_vouchers() == files + 1
    assert Invoice.objects.get(pk=invoice.pk).amount_paid == paid + yuan(10)


def two_transfers(world: World, attempt: int, *, invoice: Invoice) -> None:
    """Two different transfers recorded at once both count."""
    paid = Invoice.objects.get(pk=invoice.pk).amount_paid
    with lingering("marketplace.purchase.pay.lock_invoice"):
        together(pay(world, invoice, f"X{attempt}"), pay(world, invoice, f"Y{attempt}"))
    assert Invoice.objects.get(pk=invoice.pk).amount_paid == paid + yuan(20)


@pytest.fixture
def invoice(market: World) -> Invoice:
    """An invoice of the society over one tin."""
    place(requisition=direct_requisition(market), by=market.users["head"], at=market.now)
    return Invoice.objects.get()


@pytest.mark.parametrize("scenario", [two_treasurers, two_transfers])
def test_payments_at_once_are_recorded_once_and_add_up(
    market: World, invoice: Invoice, scenario: Callable[..., None]
) -> None:
    scenario(market, 0, invoice=invoice)
    assert [name for name, check in CHECKS.items() if list(check())] == []


@pytest.mark.parametrize("scenario", [two_treasurers, two_transfers])
def test_without_the_invoice_lock_payments_are_lost(
    market: World, invoice: Invoice, scenario: Callable[..., None]
) -> None:
    with without_locks():
        assert failures(partial(scenario, market, invoice=invoice)) >= 9


def two_refunds(world: World, attempt: int, *, invoice: Invoice) -> None:
    """Two treasurers ask for all that is held at once: it starts on its way once, the other is told."""
    keeper, account = world.users["keeper"], BankAccount("爱心会", "示范银行", "62000001")
    amount = Invoice.objects.get(pk=invoice.pk).amount_open + yuan(10)
    record_payment(invoice=invoice, receipt=Receipt(f"H{attempt}", amount, TODAY), by=keeper, at=world.now)
    held, before = Invoice.objects.get(pk=invoice.pk).amount_overpaid, Refund.objects.count()
    step = partial(request_refund, invoice=invoice, amount=held, account=account, by=keeper, at=world.now)
    with lingering("marketplace.purchase.refund.lock_invoice"):
        answers = together(step, step)
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert sum(isinstance(answer, NothingToRefund) for answer in answers) == 1
    assert Refund.objects.count() == before + 1
    assert Invoice.objects.get(pk=invoice.pk).amount_overpaid == yuan(0)


def two_reversals(world: World, attempt: int, *, invoice: Invoice) -> None:
    """Two people reverse one mistyped transfer at once: it is taken back once, the other is told."""
    payment = pay(world, invoice, f"R{attempt}")()
    paid = Invoice.objects.get(pk=invoice.pk).amount_paid
    step = partial(reverse_payment, payment=payment, reason="录错", by=world.users["head"], at=world.now)
    with lingering("marketplace.purchase.pay.lock_invoice"):
        answers = together(step, step)
    assert sum(isinstance(answer, Payment) for answer in answers) == 1
    assert sum(isinstance(answer, PaymentReversed) for answer in answers) == 1
    assert Invoice.objects.get(pk=invoice.pk).amount_paid == paid - yuan(10)


@pytest.mark.parametrize("scenario", [two_refunds, two_reversals])
def test_money_goes_back_once(market: World, invoice: Invoice, scenario: Callable[..., None]) -> None:
    for attempt in range(3):
        scenario(market, attempt, invoice=invoice)
    assert [name for name, check in CHECKS.items() if list(check())] == []


@pytest.mark.parametrize(
    ("scenario", "lock"),
    [
        (two_refunds, "marketplace.purchase.refund.lock_invoice"),
        (two_reversals, "marketplace.purchase.pay.lock_invoice"),
    ],
)
def test_without_the_invoice_lock_money_goes_back_twice(
    market: World, invoice: Invoice, scenario: Callable[..., None], lock: str
) -> None:
    with without_locks(lock):
        assert failures(partial(scenario, market, invoice=invoice)) >= 9


def two_agreements(world: World, _attempt: int) -> None:
    """Two people at the vendor agree to one return at once: the goods and the money go back once."""
    (order,) = place(requisition=direct_requisition(world), by=world.users["head"], at=world.now)
    keeper = world.users["keeper"]
    factory.delivered(factory.answered(order, world.now), keeper, world.now)
    quantities = {line.pk: line.quantity_ordered for line in order.lines.all()}
    asked = propose_return(order=order, quantities=quantities, reason="受潮", by=keeper, at=world.now)
    step = partial(agree_to_return, goods_return=asked, by=factory.seat(order), at=world.now)
    with lingering("marketplace.purchase.send_back.lock_order"):
        answers = together(step, step)
    assert sum(isinstance(answer, GoodsReturn) for answer in answers) == 1
    assert sum(isinstance(answer, ProposalClosed) for answer in answers) == 1
    assert AcceptanceLine.objects.get(line__order=order).quantity_returned == 1
    assert ImpactEntry.objects.filter(line__order=order, reason="returned", measure="accepted").count() == 1
    assert Invoice.objects.get(requisition=order.requisition).amount_due == yuan(0)


def test_goods_go_back_once(market: World) -> None:
    for attempt in range(3):
        two_agreements(market, attempt)
    assert [name for name, check in CHECKS.items() if list(check())] == []


def test_without_the_order_lock_goods_go_back_twice(market: World) -> None:
    with without_locks("marketplace.purchase.send_back.lock_order"):
        assert failures(partial(two_agreements, market)) >= 9


def two_deliveries(world: World, _attempt: int, *, server: StripeServer) -> None:
    """The payment service delivers one message twice at one moment: both are thanked for, one counts."""
    (order,) = place(requisition=direct_requisition(world), by=world.users["head"], at=world.now)
    invoice = Invoice.objects.get(requisition=order.requisition)
    back, by = "http://testserver/checkouts/CHECKOUT/", world.users["keeper"]
    page = open_page(invoice=invoice, title="x", paid_url=back, back_url=back, by=by, at=datetime.now(UTC))
    event, before = server.pay(page.session)[-1], GatewayEvent.objects.count()
    step = partial(told, server, event)
    with lingering("marketplace.payments.checkouts.keep_event"):
        assert together(step, step) == [200, 200]
    assert GatewayEvent.objects.count() == before + 1
    assert GatewayEvent.objects.latest("pk").outcome == "settled"
    assert Payment.objects.get(invoice=invoice).amount == invoice.amount_due


def test_one_message_delivered_twice_at_once_counts_once(market: World, settings: Any) -> None:
    with serving(settings) as server:
        for attempt in range(3):
            two_deliveries(market, attempt, server=server)
    assert [name for name, check in CHECKS.items() if list(check())] == []


def test_without_the_messages_own_number_it_is_kept_twice(market: World, settings: Any) -> None:
    keep = checkouts.keep_event

    def keep_under_another(*, event: Event, **how: Any) -> Any:
        return keep(event=replace(event, id=f"{event.id}-{get_ident()}"), **how)

    with (
        serving(settings) as server,
        patch("marketplace.payments.checkouts.keep_event", keep_under_another),
        patch.object(MEETING, "patience", 5),
    ):
        assert failures(partial(two_deliveries, market, server=server)) >= 9


def cancel_and_answer(world: World, _attempt: int) -> None:
    """The buyer cancels while the vendor confirms: one of them was first, and only that one happened."""
    (order,) = place(requisition=direct_requisition(world), by=world.users["head"], at=world.now)
    steps = [
        partial(cancel, order=order, reason="x", by=world.users["head"], at=world.now),
        partial(factory.answered, order, world.now),
    ]
    with lingering("marketplace.orders.placing.lock_order"):
        answers = together(*steps)
    assert sum(isinstance(answer, PurchaseOrder) for answer in answers) == 1
    assert sum(isinstance(answer, AnsweredBeforeCancel | OrderCancelled) for answer in answers) == 1
    order.refresh_from_db()
    assert (order.cancelled_at is None) != (order.answered_at is None)


def test_cancelling_and_answering_at_once_end_in_one_of_them(market: World) -> None:
    cancel_and_answer(market, 0)
    assert [name for name, check in CHECKS.items() if list(check())] == []


def test_without_the_order_lock_both_happen(market: World) -> None:
    with without_locks():
        assert failures(partial(cancel_and_answer, market)) >= 9


def two_officers(world: World, attempt: int) -> None:
    """Two officers confirm one purchase made elsewhere: it counts once."""
    elsewhere.district(world)
    made = elsewhere.submitted(world, elsewhere.entry(world, seller_name=f"卖方{attempt}"))
    steps = [
        partial(confirm_purchase, purchase=made, submission=1, by=world.users[name], at=world.now)
        for name in ("district", "second")
    ]
    with lingering("marketplace.impact.elsewhere.actions.lock_purchase"):
        answers = together(*steps)
    assert sum(isinstance(answer, ElsewherePurchase) for answer in answers) == 1
    assert sum(isinstance(answer, IllegalTransition) for answer in answers) == 1
    assert ImpactEntry.objects.filter(elsewhere_line__purchase=made).count() == 1


def test_two_officers_confirm_a_purchase_once(market: World) -> None:
    two_officers(market, 0)
    assert [name for name, check in CHECKS.items() if list(check())] == []


def test_without_the_purchases_lock_it_counts_twice(market: World) -> None:
    with without_locks():
        assert failures(partial(two_officers, market)) >= 9


def test_one_fapiao_handed_in_twice_at_once_is_taken_once(market: World) -> None:
    typed = [elsewhere.entry(market, seller_name=seller) for seller in ("甲", "乙")]
    made = [elsewhere.entered(market, entry) for entry in typed]
    ElsewherePurchase.objects.update(fapiao_number="26340000000000000777")
    steps = [partial(submit_purchase, purchase=row, by=market.users["buyer"], at=market.now) for row in made]
    with (
        patch("marketplace.impact.elsewhere.actions.require_sound"),
        lingering("marketplace.impact.elsewhere.actions.lock_purchase"),
    ):
        answers = together(*steps)
    assert sum(isinstance(answer, ElsewherePurchase) for answer in answers) == 1
    assert sum(isinstance(answer, EnteredAtOnce) for answer in answers) == 1
    assert ElsewherePurchase.objects.filter(state="submitted").count() == 1


def test_what_arrives_while_a_colleague_accepts_is_never_left_out(market: World) -> None:
    world, store = market, market.users["store"]
    order = factory.answered(factory.placed(world)[0], world.now)
    line = order.lines.get()
    parcels = [dispatch(order=order, quantities={line.pk: n}, by=factory.seat(order), at=world.now) for n in (4, 2)]

    def count(parcel: Consignment) -> GoodsReceipt:
        counts = [Count(row.pk, row.quantity) for row in parcel.lines.all()]
        return receive(consignment=parcel, counts=counts, by=store, at=world.now)

    count(parcels[0])
    with lingering("marketplace.fulfilment.actions.line_counts"):
        together(partial(count, parcels[1]), partial(accept, order=order, by=store, at=world.now))
    assert [name for name, check in CHECKS.items() if list(check())] == []
    if not Acceptance.objects.exists():
        accept(order=order, by=store, at=world.now)
    assert AcceptanceLine.objects.get(acceptance__order=order).quantity == 6


def two_answers(world: World, _attempt: int) -> None:
    """Two officers answer one complaint at once: one answer stands, the other is told."""
    complaint = file_complaint(hindrance="字太小", by=None, at=world.now)
    steps = [
        partial(answer_complaint, complaint=complaint, answer=answer, by=world.users["officer"], at=world.now)
        for answer in ("已修好。", "已转交。")
    ]
    with lingering("marketplace.access.actions.lock_complaint"):
        answers = together(*steps)
    assert sum(isinstance(answer, ComplaintAnswered) for answer in answers) == 1
    assert sum(isinstance(answer, BarrierComplaint) for answer in answers) == 1


def test_two_officers_answer_a_complaint_once(market: World) -> None:
    two_answers(market, 0)


def test_without_the_complaints_lock_both_answer(market: World) -> None:
    with without_locks():
        assert failures(partial(two_answers, market)) >= 9
