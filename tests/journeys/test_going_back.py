"""A purchase goes back: with the other side's consent, once, and dated on its own day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.errors import InsufficientStock
from marketplace.catalogue.models import Stock
from marketplace.errors import NotPermitted
from marketplace.fulfilment.errors import (
    MoreThanAccepted,
    MoreThanUnsent,
    NotLateYet,
    NotYetAnswered,
    NotYoursToAnswer,
    ProposalClosed,
    ProposalOpen,
    ReplacementNotLate,
    ReturnTooLate,
)
from marketplace.fulfilment.models import Cancellation, GoodsReturn
from marketplace.grouporders.models import Participant
from marketplace.impact.models import ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import Money, yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.payments.errors import (
    FapiaoNumberWrong,
    NothingOpenToPay,
    OwnRecord,
    PaymentRefunded,
    RefundAccountMissing,
    RefundClosed,
    RefundNeedsOperator,
    RefundTooLarge,
)
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Fapiao, Invoice, Payment, Refund
from marketplace.payments.refunds import BankAccount
from marketplace.purchase import cancel as road
from marketplace.purchase import pay, send_back
from marketplace.purchase import refund as refund_road
from marketplace.purchase.deliver import dispatch
from marketplace.purchase.tracking import track
from tests.factories import files, market
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db

ACCOUNT = BankAccount("工会委员会", "示范银行", "6200 0000 0001")


def no_mismatch() -> bool:
    return [line for check in CHECKS.values() for line in check()] == []


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


def total_of(order: PurchaseOrder, measure: str, month: date | None = None) -> Money:
    rows = ImpactTotal.objects.filter(dimension="vendor", key=str(order.vendor_id), measure=measure)
    rows = rows.filter(month=month) if month else rows
    return Money(sum(row.amount.amount for row in rows))


def quantities(order: PurchaseOrder, each: int) -> dict[int, int]:
    return {line.pk: each for line in order.lines.all()}


def paid(world: World, order: PurchaseOrder, amount: Money | None = None, number: str = "B1") -> Payment:
    invoice = Invoice.objects.select_related("organisation").get(requisition=order.requisition)
    receipt = Receipt(number, amount or invoice.amount_open, world.now.date())
    return pay.record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)


def fapiao(order: PurchaseOrder, at: datetime, number: str = "26340000000000000001") -> Fapiao:
    return pay.enter_fapiao(
        order=order,
        number=number,
        title=order.fapiao_title,
        amount=pay.accepted_amount(order),
        issued_on=at.date(),
        by=factory.seat(order),
        at=at,
    )


def completed(world: World) -> PurchaseOrder:
    """The tea, delivered, paid and matched; the rice, delivered and paid."""
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    for order in (tea, rice):
        factory.delivered(factory.answered(order, world.now), world.users["store"], world.now)
    paid(world, tea)
    fapiao(tea, world.now)
    return PurchaseOrder.objects.get(pk=tea.pk)


def asked(world: World, order: PurchaseOrder, each: int, side: str = "buyer") -> Cancellation:
    by = world.users["chair"] if side == "buyer" else factory.seat(order)
    return road.propose_cancellation(
        order=order, quantities=quantities(order, each), side=side, fault="both", reason="改期", by=by, at=world.now
    )


# --- before delivery ---------------------------------------------------------------------------------------------


def test_what_was_not_sent_is_cancelled_once_the_vendor_agrees(world: World) -> None:
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.answered(tea, world.now)
    proposal = asked(world, tea, 2)
    assert Stock.objects.get(pack=world.tea_pack).reserved == 6  # nothing happens until the vendor agrees
    assert Invoice.objects.get().amount_due == tea.amount + yuan(120)
    road.agree_to_cancel(cancellation=proposal, side="vendor", by=factory.seat(tea), at=world.now)
    line = tea.lines.get()
    assert (line.quantity_cancelled, line.quantity_confirmed) == (2, 4)
    assert Stock.objects.get(pack=world.tea_pack).reserved == 4
    assert Invoice.objects.get().amount_due == tea.amount + yuan(120) - line.unit_price * 2
    assert total_of(tea, "ordered") == line.unit_price * 4
    tea.refresh_from_db()
    assert tea.cancelled_at is None
    assert no_mismatch()


@pytest.mark.parametrize("side", ["buyer", "vendor"])
def test_before_the_answer_no_consent_is_asked_for(world: World, side: str) -> None:
    tea, _rice = factory.placed(world)
    with pytest.raises(NotYetAnswered):
        asked(world, tea, 1, side=side)
    assert not Cancellation.objects.exists()


def test_a_vendor_who_cannot_deliver_asks_and_the_whole_order_is_cancelled(world: World) -> None:
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.answered(tea, world.now)
    proposal = asked(world, tea, 6, side="vendor")
    road.agree_to_cancel(cancellation=proposal, side="buyer", by=world.users["chair"], at=world.now)
    tea.refresh_from_db()
    assert (tea.cancelled_at, tea.cancel_reason) == (world.now, "改期")
    assert Stock.objects.get(pack=world.tea_pack).available == 50
    assert Participant.objects.order_by("pk")[0].allowance.committed == yuan(40)
    assert no_mismatch()


def test_goods_that_left_in_the_meantime_are_not_cancelled(world: World) -> None:
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.answered(tea, world.now)
    proposal = asked(world, tea, 3)
    dispatch(order=tea, quantities=quantities(tea, 4), by=factory.seat(tea), at=world.now)
    with pytest.raises(MoreThanUnsent) as refusal:
        road.agree_to_cancel(cancellation=proposal, side="vendor", by=factory.seat(tea), at=world.now)
    assert refusal.value.data["left"] == 2
    proposal.refresh_from_db()
    assert proposal.is_open
    assert tea.lines.get().quantity_cancelled == 0
    assert no_mismatch()


def test_nobody_answers_for_the_other_side_or_twice(world: World) -> None:
    tea, _rice = factory.placed(world)
    factory.answered(tea, world.now)
    proposal, seat, chair = asked(world, tea, 1), factory.seat(tea), world.users["chair"]
    with pytest.raises(NotYoursToAnswer):
        road.agree_to_cancel(cancellation=proposal, side="buyer", by=chair, at=world.now)
    with pytest.raises(NotPermitted):
        road.withdraw_cancellation(cancellation=proposal, side="buyer", by=world.users["clerk"], at=world.now)
    with pytest.raises(ProposalOpen):
        asked(world, tea, 1, side="vendor")
    road.agree_to_cancel(cancellation=proposal, side="vendor", by=seat, at=world.now)
    with pytest.raises(ProposalClosed):
        road.agree_to_cancel(cancellation=proposal, side="vendor", by=seat, at=world.now)
    assert tea.lines.get().quantity_cancelled == 1
    assert no_mismatch()


def test_cancelling_with_consent_through_the_screens(world: World) -> None:
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.answered(tea, world.now)
    line = tea.lines.get()
    chair, vendor = signed_in(world, "chair"), signed_in(world, "teaco")
    order_page = reverse("marketplace:order", args=[tea.reference])
    address = reverse("marketplace:call_off", args=[tea.reference])
    assert address in chair.get(order_page).content.decode()
    refused = chair.post(address, {f"q{line.pk}": 0, "fault": "buyer", "reason": "会期改变"})
    assert refused.status_code == 422
    assert "会期改变" in refused.content.decode()
    scan = SimpleUploadedFile("notice.pdf", files.pdf(), "application/pdf")
    page = chair.post(
        address, {f"q{line.pk}": 2, "fault": "policy", "reason": "会期改变", "evidence": scan}, follow=True
    )
    assert "waiting for an answer" in page.content.decode()
    proposal = Cancellation.objects.get()
    evidence = reverse("marketplace:file", args=[proposal.evidence.token])
    for client in (chair, vendor):
        scan_page = client.get(evidence)
        assert b"".join(scan_page.streaming_content) == files.pdf()
    for stranger in ("head", "riceco"):
        for space in ("marketplace", "vendors"):
            assert signed_in(world, stranger).get(evidence).status_code == 404
            answer = reverse(f"{space}:answer_cancellation", args=[proposal.reference])
            assert signed_in(world, stranger).post(answer, {"decision": "agree"}).status_code == 404
    assert proposal.reference in vendor.get(reverse("vendors:desk")).content.decode()
    answer = reverse("vendors:answer_cancellation", args=[proposal.reference])
    assert "Write the reason" in vendor.post(answer, {"decision": "refuse"}, follow=True).content.decode()
    assert "Cancelled as agreed" in vendor.post(answer, {"decision": "agree"}, follow=True).content.decode()
    assert "agreed" in chair.get(order_page).content.decode()
    assert no_mismatch()


def test_a_cancelled_line_stands_in_no_paper_of_its_vendor(world: World) -> None:
    world.tea.packs.update(name="一号罐")
    other = market.offer(world, world.tea_vendor, "other")
    (order,) = market.bought(world, [world.tea_pack, other.packs.get()])
    factory.answered(order, world.now)
    kept, gone = order.lines.order_by("-unit_price")
    head, seat, vendor = world.users["head"], factory.seat(order), signed_in(world, "teaco")
    asked = road.propose_cancellation(
        order=order, quantities={gone.pk: 1}, side="buyer", fault="buyer", reason="改期", by=head, at=world.now
    )
    road.agree_to_cancel(cancellation=asked, side="vendor", by=seat, at=world.now)
    shown = vendor.get(reverse("vendors:order", args=[order.reference])).content.decode()
    assert f'name="send_{kept.pk}"' in shown
    assert f'name="send_{gone.pk}"' not in shown  # nothing of it is asked to be sent
    factory.delivered(order, world.users["keeper"], world.now)
    note = reverse("vendors:dispatch_note", args=[order.consignments.get().reference])
    certificate = reverse("marketplace:certificate", args=[order.reference])
    for client, paper in ((vendor, note), (signed_in(world, "keeper"), certificate)):
        text = client.get(paper).content.decode()
        assert kept.title in text
        assert gone.title not in text
    assert pay.accepted_amount(order) == kept.unit_price
    shown = vendor.get(reverse("vendors:order", args=[order.reference])).content.decode()
    assert f"<dd>{kept.unit_price}</dd>" in shown  # what its fapiao is to show
    assert no_mismatch()


def pay_step(world: World, order: PurchaseOrder) -> str:
    fresh = PurchaseOrder.objects.select_related("requisition__group_order", "organisation").get(pk=order.pk)
    return track([fresh], today=world.now.date())[order.pk].entry("pay").state


def test_of_a_purchase_split_over_vendors_nothing_counts_as_paid_before_all_of_it_is(world: World) -> None:
    orders = factory.placed(world, tea=2, rice=1, count=3)
    tea, rice = (
        factory.delivered(factory.answered(order, world.now), world.users["store"], world.now) for order in orders
    )
    paid(world, tea, amount=tea.amount)  # exactly one of the two
    assert [pay_step(world, order) for order in orders] == ["next", "next"]
    assert (total_of(tea, "paid"), total_of(rice, "paid")) == (yuan(0), yuan(0))
    paid(world, rice, number="B2")
    assert [pay_step(world, order) for order in orders] == ["done", "done"]
    assert (total_of(tea, "paid"), total_of(rice, "paid")) == (tea.amount, rice.amount)
    assert no_mismatch()


def test_what_was_paid_of_a_split_purchase_is_enough_once_the_other_order_is_cancelled(world: World) -> None:
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    tea = factory.delivered(factory.answered(tea, world.now), world.users["store"], world.now)
    paid(world, tea, amount=tea.amount)
    assert pay_step(world, tea) == "next"
    road.cancel(order=rice, reason="改期", by=world.users["chair"], at=world.now)
    assert pay_step(world, tea) == "done"
    assert (total_of(tea, "paid"), total_of(rice, "paid")) == (tea.amount, yuan(0))
    assert Invoice.objects.get().amount_overpaid == yuan(0)
    assert no_mismatch()


def test_the_clock_takes_back_what_a_vendor_never_answered(world: World) -> None:
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.answered(rice, world.now)
    with pytest.raises(NotLateYet):
        road.cancel_silent(order=tea, at=world.now + timedelta(days=15))
    road.cancel_silent(order=tea, at=world.now + timedelta(days=16))
    tea.refresh_from_db()
    assert tea.cancelled_by is None
    assert tea.cancel_reason
    assert Cancellation.objects.get().fault == "vendor"
    assert no_mismatch()


# --- after acceptance --------------------------------------------------------------------------------------------


def test_a_return_falls_on_the_day_the_vendor_agrees_and_a_closed_year_stays(world: World) -> None:
    december = world.now.replace(month=12, day=30)
    world.now = december
    tea = completed(world)
    before = {m: total_of(tea, m, date(2026, 12, 1)) for m in ("ordered", "paid", "accepted", "completed")}
    store = world.users["store"]
    proposal = send_back.propose_return(
        order=tea, quantities=quantities(tea, 2), reason="受潮", by=store, at=december + timedelta(days=1)
    )
    january = december + timedelta(days=8)
    send_back.agree_to_return(goods_return=proposal, by=factory.seat(tea), at=january)
    price = tea.lines.get().unit_price
    assert {m: total_of(tea, m, date(2026, 12, 1)) for m in before} == before
    for measure in ("paid", "accepted", "completed"):
        assert total_of(tea, measure, date(2027, 1, 1)) == price * -2
    assert Invoice.objects.get().amount_overpaid == price * 2
    assert no_mismatch()


def test_goods_are_sent_back_in_time_and_only_once(world: World) -> None:
    tea, store = completed(world), world.users["store"]
    with pytest.raises(ReturnTooLate):
        send_back.propose_return(
            order=tea, quantities=quantities(tea, 1), reason="坏", by=store, at=world.now + timedelta(days=16)
        )
    proposal = send_back.propose_return(
        order=tea, quantities=quantities(tea, 4), remedy="replacement", reason="坏", by=store, at=world.now
    )
    send_back.agree_to_return(goods_return=proposal, by=factory.seat(tea), at=world.now)
    with pytest.raises(MoreThanAccepted) as refusal:  # four of six already wait for their replacement
        send_back.propose_return(order=tea, quantities=quantities(tea, 3), reason="坏", by=store, at=world.now)
    assert refusal.value.data["left"] == 2


def test_a_replacement_takes_from_the_store_and_leaves_the_money_alone(world: World) -> None:
    tea, store = completed(world), world.users["store"]
    seat, invoice = factory.seat(tea), Invoice.objects.get()
    proposal = send_back.propose_return(
        order=tea, quantities=quantities(tea, 2), remedy="replacement", reason="坏", by=store, at=world.now
    )
    send_back.agree_to_return(goods_return=proposal, by=seat, at=world.now)
    Stock.objects.filter(pack=world.tea_pack).update(on_hand=1)
    with pytest.raises(InsufficientStock):
        send_back.send_replacement(goods_return=proposal, by=seat, at=world.now)
    proposal.refresh_from_db()
    assert proposal.replaced_at is None
    Stock.objects.filter(pack=world.tea_pack).update(on_hand=5)
    send_back.send_replacement(goods_return=proposal, waybill_number="SF9", by=seat, at=world.now)
    assert Stock.objects.get(pack=world.tea_pack).on_hand == 3
    send_back.take_replacement(goods_return=proposal, by=store, at=world.now)
    proposal.refresh_from_db()
    assert (proposal.arrived_at, proposal.returned_at) == (world.now, None)
    assert Invoice.objects.get().amount_due == invoice.amount_due
    assert total_of(tea, "completed") == tea.amount
    assert no_mismatch()


def test_a_replacement_that_does_not_come_becomes_money(world: World) -> None:
    tea, store = completed(world), world.users["store"]
    proposal = send_back.propose_return(
        order=tea, quantities=quantities(tea, 2), remedy="replacement", reason="坏", by=store, at=world.now
    )
    send_back.agree_to_return(goods_return=proposal, by=factory.seat(tea), at=world.now)
    with pytest.raises(ReplacementNotLate):
        send_back.give_up_replacement(goods_return=proposal, by=store, at=world.now + timedelta(days=10))
    send_back.give_up_replacement(goods_return=proposal, by=store, at=world.now + timedelta(days=11))
    assert Invoice.objects.get().amount_overpaid == tea.lines.get().unit_price * 2
    assert no_mismatch()


def test_sending_back_through_the_screens(world: World) -> None:
    tea = completed(world)
    line = tea.lines.get()
    store, vendor = signed_in(world, "store"), signed_in(world, "teaco")
    address = reverse("marketplace:return_goods", args=[tea.reference])
    page = store.post(address, {f"q{line.pk}": 1, "remedy": "replacement", "fault": "vendor", "reason": "受潮"})
    assert page.status_code == 302
    proposal = GoodsReturn.objects.get()
    answer = reverse("vendors:answer_return", args=[proposal.reference])
    assert proposal.reference in vendor.get(reverse("vendors:desk")).content.decode()
    vendor.post(answer, {"decision": "agree"})
    page = vendor.post(answer, {"decision": "replace", "carrier": "顺丰", "waybill_number": "SF77"}, follow=True)
    assert "taken from your stock" in page.content.decode()
    assert "Take in the replacement" in store.get(reverse("marketplace:desk")).content.decode()
    mine = reverse("marketplace:answer_return", args=[proposal.reference])
    assert signed_in(world, "head").post(mine, {"decision": "arrived"}).status_code == 404
    assert "SF77" in store.get(reverse("marketplace:order", args=[tea.reference])).content.decode()
    assert "The replacement is received" in store.post(mine, {"decision": "arrived"}, follow=True).content.decode()
    assert no_mismatch()


# --- money -------------------------------------------------------------------------------------------------------


def test_a_mistyped_payment_is_reversed_by_somebody_else_and_recorded_right(world: World) -> None:
    tea = completed(world)
    payment, invoice = Payment.objects.get(), Invoice.objects.get()
    with pytest.raises(OwnRecord):
        pay.reverse_payment(payment=payment, reason="录错", by=world.users["treasurer"], at=world.now)
    pay.reverse_payment(payment=payment, reason="录错", by=world.users["chair"], at=world.now)
    invoice.refresh_from_db()
    assert (invoice.settled_at, invoice.amount_open) == (None, invoice.amount_due)
    assert total_of(tea, "paid") == total_of(tea, "completed") == yuan(0)
    assert no_mismatch()
    paid(world, tea, number=payment.transaction_number)  # the same serial number, with the right amount
    assert total_of(tea, "completed") == tea.amount
    assert no_mismatch()


def test_a_payment_is_reversed_on_its_page(world: World) -> None:
    completed(world)
    payment = Payment.objects.get()
    address = reverse("marketplace:reverse_payment", args=[payment.pk])
    invoice_page = reverse("marketplace:invoice", args=[Invoice.objects.get().number])
    assert address not in signed_in(world, "treasurer").get(invoice_page).content.decode()
    chair = signed_in(world, "chair")
    assert address in chair.get(invoice_page).content.decode()
    assert payment.transaction_number in chair.get(address).content.decode()
    assert chair.post(address, {"reason": ""}).status_code == 422
    assert "reversed" in chair.post(address, {"reason": "录错"}, follow=True).content.decode()
    assert signed_in(world, "head").get(address).status_code == 404


def test_a_fapiao_is_voided_and_another_completes_the_order_again(world: World) -> None:
    tea = completed(world)
    seat = factory.seat(tea)
    with pytest.raises(FapiaoNumberWrong):
        pay.void_fapiao(order=tea, red_number="26340000000000000001", reason="开错", by=seat, at=world.now)
    page = signed_in(world, "teaco").post(
        reverse("vendors:void_fapiao", args=[tea.reference]),
        {"red_number": "26340000000000000009", "reason": "抬头有误"},
        follow=True,
    )
    assert "The fapiao is voided" in page.content.decode()
    assert total_of(tea, "completed") == yuan(0)
    assert total_of(tea, "paid") == tea.amount
    assert no_mismatch()
    fapiao(tea, world.now, "26340000000000000002")
    assert total_of(tea, "completed") == tea.amount
    assert Fapiao.objects.filter(order=tea).count() == 2
    assert no_mismatch()


def held(world: World, amount: Money) -> Invoice:
    """An invoice that was paid so much too much."""
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    due = Invoice.objects.get(requisition=tea.requisition).amount_due
    paid(world, tea, due - yuan(100))
    paid(world, tea, yuan(100) + amount, number="B2")
    return Invoice.objects.select_related("organisation").get(requisition=tea.requisition)


def test_held_money_goes_back_by_the_latest_payments_and_never_more(world: World) -> None:
    invoice, treasurer = held(world, yuan(150)), world.users["treasurer"]
    with pytest.raises(RefundTooLarge):
        refund_road.request_refund(invoice=invoice, amount=yuan(151), account=ACCOUNT, by=treasurer, at=world.now)
    with pytest.raises(RefundAccountMissing):
        refund_road.request_refund(invoice=invoice, amount=yuan(150), by=treasurer, at=world.now)
    (refund,) = refund_road.request_refund(
        invoice=invoice, amount=yuan(150), account=ACCOUNT, by=treasurer, at=world.now
    )
    assert (refund.payment.transaction_number, refund.amount, refund.payee_account) == ("B2", yuan(150), "620000000001")
    assert no_mismatch()
    with pytest.raises(RefundNeedsOperator):
        refund_road.finish_refund(refund=refund, transaction_number="R1", by=treasurer, at=world.now)
    operator = factory.user("operator", is_superuser=True)
    refund_road.finish_refund(refund=refund, transaction_number="r1", by=operator, at=world.now)
    with pytest.raises(RefundClosed):
        refund_road.fail_refund(refund=refund, failure="退票", by=operator, at=world.now)
    invoice.refresh_from_db()
    assert (invoice.amount_overpaid, invoice.amount_open, invoice.is_settled) == (yuan(0), yuan(0), True)
    assert no_mismatch()


def test_a_refund_over_several_payments_never_exceeds_any(world: World) -> None:
    invoice = held(world, yuan(50))
    road_orders = PurchaseOrder.objects.filter(requisition=invoice.requisition)
    for order in road_orders:
        road.cancel(order=order, reason="取消", by=world.users["chair"], at=world.now)
    invoice.refresh_from_db()
    everything = invoice.amount_overpaid
    made = refund_road.request_refund(
        invoice=invoice, amount=everything, account=ACCOUNT, by=world.users["treasurer"], at=world.now
    )
    assert [refund.amount for refund in made] == [yuan(150), everything - yuan(150)]
    assert all(refund.amount <= refund.payment.amount for refund in made)
    with pytest.raises(PaymentRefunded):
        pay.reverse_payment(payment=made[0].payment, reason="录错", by=world.users["chair"], at=world.now)
    assert no_mismatch()


def test_a_refund_that_fails_is_held_again(world: World) -> None:
    invoice = held(world, yuan(30))
    (refund,) = refund_road.request_refund(
        invoice=invoice, amount=yuan(30), account=ACCOUNT, by=world.users["treasurer"], at=world.now
    )
    refund_road.fail_refund(refund=refund, failure="账号不存在", by=None, at=world.now)
    invoice.refresh_from_db()
    assert invoice.amount_overpaid == yuan(30)
    assert Payment.objects.get(pk=refund.payment_id).amount_refunded == yuan(0)
    assert no_mismatch()


def test_a_refund_that_fails_pays_what_a_reversed_payment_left_open(world: World) -> None:
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    wrong = paid(world, tea, amount=yuan(100), number="B1")
    paid(world, tea, amount=yuan(590), number="B2")  # ¥660 are due, so ¥30 are held
    invoice = Invoice.objects.get()
    (refund,) = refund_road.request_refund(
        invoice=invoice, amount=yuan(30), account=ACCOUNT, by=world.users["treasurer"], at=world.now
    )
    pay.reverse_payment(payment=wrong, reason="录错", by=world.users["chair"], at=world.now)
    paid(world, tea, amount=yuan(80), number="B3")
    assert not Invoice.objects.get().is_settled
    refund_road.fail_refund(refund=refund, failure="账号不存在", by=None, at=world.now)
    invoice.refresh_from_db()
    assert (invoice.is_settled, invoice.amount_open, invoice.amount_overpaid) == (True, yuan(0), yuan(10))
    assert total_of(tea, "paid") == tea.amount
    assert no_mismatch()


def test_held_money_pays_another_invoice(world: World) -> None:
    invoice, treasurer = held(world, yuan(150)), world.users["treasurer"]
    other = Invoice.objects.get(requisition=factory.placed(world, tea=1, rice=0, count=2)[0].requisition)
    made = refund_road.use_held(invoice=invoice, towards=other, amount=yuan(150), by=treasurer, at=world.now)
    other.refresh_from_db()
    assert (made.gateway, made.amount, other.amount_paid) == ("offset", yuan(150), yuan(150))
    invoice.refresh_from_db()
    assert invoice.amount_overpaid == yuan(0)
    assert no_mismatch()
    with pytest.raises(NothingOpenToPay):
        refund_road.use_held(invoice=other, towards=invoice, amount=yuan(1), by=treasurer, at=world.now)


def test_held_money_that_paid_another_invoice_can_still_leave_the_bank(world: World) -> None:
    treasurer, at = world.users["treasurer"], world.now
    first, _rice = factory.placed(world, tea=2, rice=1, count=3)
    paid(world, first, amount=yuan(1000))
    invoice = Invoice.objects.select_related("organisation").get()
    (second,) = factory.placed(world, tea=1, rice=0, count=1)
    other = Invoice.objects.select_related("organisation").get(requisition=second.requisition)
    refund_road.use_held(invoice=invoice, towards=other, amount=yuan(100), by=treasurer, at=at)
    road.cancel(order=second, reason="改期", by=world.users["chair"], at=at)
    held = Invoice.objects.get(pk=other.pk).amount_overpaid
    assert held > yuan(0)
    page = reverse("marketplace:request_refund", args=[other.number])
    assert 'name="bank"' in signed_in(world, "treasurer").get(page).content.decode()
    with pytest.raises(RefundAccountMissing):
        refund_road.request_refund(invoice=other, amount=held, by=treasurer, at=at)
    made = refund_road.request_refund(invoice=other, amount=held, account=ACCOUNT, by=treasurer, at=at)
    assert [(row.gateway, row.payee_account) for row in made] == [("bank_transfer", "620000000001")] * len(made)
    operator = factory.user("operator", is_superuser=True)
    for number, row in enumerate(made):
        refund_road.finish_refund(refund=row, transaction_number=f"OUT{number}", by=operator, at=at)
    assert Invoice.objects.get(pk=other.pk).amount_overpaid == yuan(0)
    assert no_mismatch()


def test_money_back_through_the_screens(world: World) -> None:
    invoice = held(world, yuan(150))
    other = Invoice.objects.get(requisition=factory.placed(world, tea=1, rice=0, count=2)[0].requisition)
    treasurer = signed_in(world, "treasurer")
    page = reverse("marketplace:invoice", args=[invoice.number])
    address = reverse("marketplace:request_refund", args=[invoice.number])
    assert address in treasurer.get(page).content.decode()
    wrong = treasurer.post(address, {"amount": "200", "name": "甲", "bank": "乙", "number": "1"})
    assert wrong.status_code == 422
    assert "At most" in wrong.content.decode()
    done = treasurer.post(address, {"amount": "100", "name": "甲", "bank": "乙", "number": "1"}, follow=True)
    assert "The refund is under way" in done.content.decode()
    used = treasurer.post(
        reverse("marketplace:use_held", args=[invoice.number]), {"towards": other.number}, follow=True
    )
    assert other.number in used.content.decode()
    assert [row.gateway for row in Refund.objects.order_by("pk")] == ["bank_transfer", "offset"]
    society = market.bought(world, [world.rice_pack])[0]
    foreign = Invoice.objects.get(requisition=society.requisition)
    refused = treasurer.post(reverse("marketplace:use_held", args=[invoice.number]), {"towards": foreign.number})
    assert refused.status_code == 404
    assert signed_in(world, "keeper").get(address).status_code == 404
    assert no_mismatch()
