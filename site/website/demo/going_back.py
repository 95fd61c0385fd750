"""Purchases that went back: consent asked and given, goods returned and replaced, money on its way back."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from marketplace.fulfilment.models import Fault, GoodsReturn, Side
from marketplace.impact.corrections import Attribution
from marketplace.money import yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.payments.models import Invoice
from marketplace.payments.refunds import BankAccount
from marketplace.purchase.cancel import agree_to_cancel, propose_cancellation
from marketplace.purchase.correct import agree_to_correct, propose_correction
from marketplace.purchase.pay import reverse_payment
from marketplace.purchase.refund import finish_refund, request_refund
from marketplace.purchase.send_back import propose_return
from vendors.fulfilment import actions as vendor_side

from .founding import Cast
from .steps import (
    accept_order,
    answer_order,
    buy,
    deliver,
    match_fapiao,
    pay,
    person,
    place_all,
    receive_all,
    seat,
    send,
)

BUYER = "nuanlu-elder-care"
ACCOUNT = BankAccount("暖炉助老服务中心（示范）", "示范银行宣州支行", "0000 0000 0000 0001")


def tell(cast: Cast) -> None:
    """All of them, oldest first."""
    _refunded(cast)
    _changed_minds(cast)
    _sent_back(cast)
    _counted_wrongly(cast)
    _paid_ahead(cast)


def _paid_ahead(cast: Cast) -> None:
    """暖炉 paid before the goods came; two bags were missing, so what counted as paid fell, and the money is held."""
    requisition = buy(cast, BUYER, {"xiaotian-kudzu-powder": 12}, day=-10, purpose="canteen", note="助餐点冲饮")
    (order,) = place_all(cast, requisition, day=-10)
    answer_order(cast, order, day=-9, promised=-6)
    pay(cast, requisition, day=-9, number="DEMO0007")
    send(cast, order, day=-8)
    receive_all(cast, order, day=-6, short=2)
    accept_order(cast, order, day=-6)
    match_fapiao(cast, order, day=-5)


def _counted_wrongly(cast: Cast) -> None:
    """暖炉's daily purchases were counted for the campaign: one was put right, an officer has to decide about another."""
    first, second = PurchaseOrder.objects.filter(organisation__slug=BUYER).order_by("pk")[:2]
    clerk = person(cast, BUYER, "requester")
    officer = get_user_model().objects.get(username="officer-xuanzhou")
    for order in (first, second):
        to = Attribution(None, order.purpose, order.fund_source)
        asked = propose_correction(order=order, to=to, reason="日常采购，不属于秋季行动", by=clerk, at=cast.at(-2))
        if order is first:
            agree_to_correct(correction=asked, by=officer, at=cast.at(-1))


def _refunded(cast: Cast) -> None:
    """青藤 gets the money of its slip back; one of its fapiao was issued wrongly and replaced."""
    invoice = Invoice.objects.get(payments__transaction_number="DEMO0002")
    treasurer = person(cast, "qingteng-volunteers", "treasurer")
    account = BankAccount("青藤志愿服务社（示范）", "示范银行宣州支行", "0000 0000 0000 0002")
    (refund, *_rest) = request_refund(invoice=invoice, amount=yuan(50), account=account, by=treasurer, at=cast.at(-30))
    operator = get_user_model().objects.get(username="operator")
    finish_refund(refund=refund, transaction_number="DEMOREF1", by=operator, at=cast.at(-29))
    order = PurchaseOrder.objects.filter(requisition=invoice.requisition).order_by("-pk")[0]
    red = f"2635{order.pk:016d}"
    vendor_side.void_fapiao(order=order, red_number=red, reason="税率填错，已红冲重开", by=seat(order), at=cast.at(-28))
    match_fapiao(cast, order, day=-28, series=2636)


def _changed_minds(cast: Cast) -> None:
    """暖炉 paid at once; then both sides want less. One cancellation took effect, another waits for its vendor."""
    wanted = {"shrimp-rice-5kg": 20, "xiaotian-honey": 16, "camellia-oil-500": 10}
    requisition = buy(cast, BUYER, wanted, day=-8, purpose="canteen", note="助餐点十二月用")
    first, second, third = place_all(cast, requisition, day=-7)
    for order in (first, second, third):
        answer_order(cast, order, day=-6, promised=3)
    pay(cast, requisition, day=-6, number="DEMO0004")
    slip = Invoice.objects.get(requisition=requisition).payments.get()
    chair, treasurer = person(cast, BUYER, "approver"), person(cast, BUYER, "treasurer")
    reverse_payment(payment=slip, reason="流水号录错", by=person(cast, BUYER, "administrator"), at=cast.at(-6, 15))
    pay(cast, requisition, day=-5, number="DEMO0005")
    asked = vendor_side.propose_cancellation(
        order=first,
        quantities={line.pk: 5 for line in first.lines.all()},
        fault=Fault.VENDOR,
        reason="连日阴雨，晾晒不及，少交一部分",
        by=seat(first),
        at=cast.at(-4),
    )
    agree_to_cancel(cancellation=asked, side=Side.BUYER, by=chair, at=cast.at(-3))
    invoice = Invoice.objects.get(requisition=requisition)
    request_refund(invoice=invoice, amount=invoice.amount_overpaid, account=ACCOUNT, by=treasurer, at=cast.at(-2))
    propose_cancellation(
        order=second,
        quantities={line.pk: 6 for line in second.lines.all()},
        side=Side.BUYER,
        fault=Fault.BUYER,
        reason="用餐老人减少，减订一部分",
        by=chair,
        at=cast.at(-1),
    )


def _sent_back(cast: Cast) -> None:
    """暖炉 sends goods back: a replacement is under way, money back was refused, another return waits."""
    wanted = {"jindong-eggs-30": 12, "zhuanshuiwan-toon-sauce": 20, "taoxi-vegetable-box": 8}
    requisition = buy(cast, BUYER, wanted, day=-14, purpose="canteen", note="助餐点加餐")
    placed = place_all(cast, requisition, day=-13)
    receiver = person(cast, BUYER, "receiver")
    reasons = ("三枚破裂，请补发", "口味与描述不符", "两箱菜叶发黄")
    for order, reason in zip(placed, reasons, strict=True):
        deliver(cast, order, day=-13)
        remedy = GoodsReturn.Remedy.REPLACEMENT if order is placed[0] else GoodsReturn.Remedy.REFUND
        quantities = {line.pk: 2 for line in order.lines.all()}
        asked = propose_return(
            order=order, quantities=quantities, reason=reason, remedy=remedy, by=receiver, at=cast.at(-5)
        )
        if order is placed[0]:
            vendor_side.agree_to_return(goods_return=asked, by=seat(order), at=cast.at(-4))
            vendor_side.send_replacement(
                goods_return=asked, carrier="示范物流", waybill_number="SF88001", by=seat(order), at=cast.at(-3)
            )
        elif order is placed[1]:
            vendor_side.refuse_return(
                goods_return=asked, reason="已开封且口味与样品一致", by=seat(order), at=cast.at(-4)
            )
