"""What was bought outside the platform is entered with its vouchers, checked by an officer, and counted apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from marketplace.catalogue.errors import ReasonMissing
from marketplace.errors import FileUnfit, IllegalTransition, NotPermitted, Refused
from marketplace.impact import selectors as impact
from marketplace.impact.elsewhere import actions, errors
from marketplace.impact.elsewhere.models import ElsewhereLine, ElsewherePurchase, ElsewhereVoucher
from marketplace.impact.elsewhere.selectors import history, look_alikes
from marketplace.impact.models import ImpactEntry, ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.parties import actions as parties
from marketplace.parties.models import BuyerOrganisation, Vendor
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Fapiao, Invoice
from marketplace.purchase.pay import accepted_amount, enter_fapiao, record_payment
from marketplace.uploads import Upload
from tests.factories import elsewhere, market
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db

FAPIAO = "26340000000000000123"


def no_mismatch() -> bool:
    return [row for check in CHECKS.values() for row in check()] == []


def apart(dimension: str, key: Any) -> tuple[int, int, int]:
    """What was completed here, elsewhere and helped, in fen."""
    found = impact.apart_of(dimension, str(key))
    return found.platform.amount, found.elsewhere.amount, found.helped.amount


def counted_rows() -> int:
    return ImpactEntry.objects.count() + ImpactTotal.objects.count()


def test_only_what_an_officer_confirmed_counts_and_each_way_of_buying_has_its_own_total(world: World) -> None:
    society = world.society.pk
    two = (elsewhere.line("茶", yuan(60)), elsewhere.line("米", yuan(40), origin=elsewhere.RICE, shelf="grain"))
    made = elsewhere.submitted(world, elsewhere.entry(world, *two))
    assert counted_rows() == 0
    actions.confirm_purchase(purchase=made, submission=1, by=elsewhere.district(world), at=world.now)
    elsewhere.confirmed(world, elsewhere.helped(world, elsewhere.line(amount=yuan(7)), seller_name="别家"))
    assert apart("buyer", society) == (0, 10000, 700)
    assert apart("township", "341523108") == (0, 6000, 700)
    assert apart("township", "341523105") == (0, 4000, 0)
    assert apart("campaign", world.campaign.pk) == (0, 10000, 700)
    assert impact.figures_of("buyer", str(society)).completed == yuan(0)
    assert impact.table("buyer") == []
    (row,) = impact.table("buyer", everywhere=True)
    assert (row.figures.completed, row.apart.together) == (yuan(0), yuan(107))
    assert set(ImpactEntry.objects.values_list("measure", flat=True)) == {"completed"}
    assert set(ImpactEntry.objects.values_list("channel", "mode")) == {("market", "direct"), ("market", "helped")}
    assert no_mismatch()


def test_a_purchase_on_the_platform_stays_apart_from_what_was_bought_elsewhere(world: World) -> None:
    (order,) = market.bought(world, [world.tea_pack])
    factory.delivered(factory.answered(order, world.now), world.users["keeper"], world.now)
    matched(order, world)
    invoice = Invoice.objects.select_related("organisation").get()
    receipt = Receipt("B1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users["keeper"], at=world.now)
    before = impact.figures_of("vendor", str(world.tea_vendor.pk)).completed
    assert before == yuan(100)
    made = elsewhere.confirmed(world, elsewhere.entry(world, seller_name=world.tea_vendor.name))
    assert made.vendor == world.tea_vendor
    assert impact.figures_of("vendor", str(world.tea_vendor.pk)).completed == before
    assert apart("vendor", world.tea_vendor.pk) == (10000, 10000, 0)
    assert no_mismatch()


def test_it_counts_on_the_day_it_was_confirmed_and_voiding_is_dated_on_its_own_day(world: World) -> None:
    made, society = elsewhere.submitted(world), str(world.society.pk)
    january = world.now + timedelta(days=45)
    actions.confirm_purchase(purchase=made, submission=1, by=elsewhere.district(world), at=january)
    assert set(ImpactEntry.objects.values_list("posted_on", flat=True)) == {date(2027, 1, 7)}
    voiding = actions.propose_voiding(purchase=made, reason="发票红冲", by=world.users["district"], at=january)
    february = january + timedelta(days=31)
    actions.agree_to_void(voiding=voiding, by=world.users["second"], at=february)
    months = ImpactTotal.objects.filter(dimension="buyer", key=society).order_by("month")
    assert [(row.month, row.amount) for row in months] == [
        (date(2027, 1, 1), yuan(100)),
        (date(2027, 2, 1), -yuan(100)),
    ]
    made.refresh_from_db()
    assert made.state == "voided"
    assert no_mismatch()


def test_returned_mended_and_submitted_again(world: World) -> None:
    made, buyer = elsewhere.submitted(world), world.users["buyer"]
    officer = elsewhere.district(world)
    with pytest.raises(ReasonMissing):
        actions.return_purchase(purchase=made, submission=1, reason=" ", by=officer, at=world.now)
    actions.return_purchase(purchase=made, submission=1, reason="缺发票", by=officer, at=world.now)
    mended = elsewhere.entry(world, elsewhere.line(amount=yuan(80)), fapiao_number=FAPIAO)
    actions.mend_purchase(purchase=made, entry=mended, by=buyer, at=world.now)
    actions.submit_purchase(purchase=made, by=buyer, at=world.now)
    with pytest.raises(errors.ChangedMeanwhile):
        actions.confirm_purchase(purchase=made, submission=1, by=officer, at=world.now)
    assert counted_rows() == 0
    actions.confirm_purchase(purchase=made, submission=2, by=officer, at=world.now)
    assert apart("buyer", world.society.pk) == (0, 8000, 0)
    with translation.override("en"):
        told = [(event.what, event.who, event.reason) for event in history(made)]
    assert told == [
        ("entered", "buyer", ""),
        ("submitted", "buyer", ""),
        ("returned", "district", "缺发票"),
        ("changed", "buyer", ""),
        ("submitted", "buyer", ""),
        ("confirmed: it counts from this day", "district", ""),
    ]
    with pytest.raises(errors.NoLongerMendable):
        actions.mend_purchase(purchase=made, entry=mended, by=buyer, at=world.now)
    with pytest.raises(IllegalTransition):
        actions.withdraw_purchase(purchase=made, by=buyer, at=world.now)
    assert no_mismatch()


def test_who_enters_and_who_checks(world: World) -> None:
    district = elsewhere.district(world)
    for name in ("head", "keeper", "clerk", "district"):
        with pytest.raises(NotPermitted):
            actions.enter_purchase(
                organisation=world.society, entry=elsewhere.entry(world), by=world.users[name], at=world.now
            )
    made = elsewhere.submitted(world)
    world.society.memberships.create(user=world.users["second"], role="receiver", began_at=world.now)
    world.users["operator"] = factory.user("operator", is_superuser=True)
    for name in ("buyer", "head", "officer", "foreign-officer", "second", "operator"):
        with pytest.raises(errors.NotYoursToCheck):
            actions.confirm_purchase(purchase=made, submission=1, by=world.users[name], at=world.now)
    with pytest.raises(NotPermitted):
        actions.withdraw_purchase(purchase=made, by=world.users["clerk"], at=world.now)
    actions.confirm_purchase(purchase=made, submission=1, by=district, at=world.now)
    with pytest.raises(IllegalTransition):
        actions.confirm_purchase(purchase=made, submission=1, by=district, at=world.now)
    assert apart("buyer", world.society.pk) == (0, 10000, 0)


def test_an_officer_who_entered_it_for_a_former_employer_does_not_check_it(world: World) -> None:
    made, buyer = elsewhere.submitted(world), world.users["buyer"]
    elsewhere.district(world)
    world.society.memberships.filter(user=buyer).update(ended_at=world.now)
    buyer.office_memberships.create(region=factory.region("341802"), began_at=world.now)
    with pytest.raises(errors.NotYoursToCheck):
        actions.confirm_purchase(purchase=made, submission=1, by=buyer, at=world.now)
    assert counted_rows() == 0


def test_voiding_takes_a_second_person_or_the_operator(world: World) -> None:
    made = elsewhere.confirmed(world)
    district, second = world.users["district"], world.users["second"]
    operator = factory.user("operator", is_superuser=True)
    voiding = actions.propose_voiding(purchase=made, reason="重复", by=district, at=world.now)
    with pytest.raises(errors.VoidingOpen):
        actions.propose_voiding(purchase=made, reason="重复", by=second, at=world.now)
    for person in (district, world.users["buyer"], world.users["foreign-officer"]):
        with pytest.raises(errors.SecondPersonNeeded):
            actions.agree_to_void(voiding=voiding, by=person, at=world.now)
    with pytest.raises(ReasonMissing):
        actions.refuse_to_void(voiding=voiding, reason="", by=second, at=world.now)
    actions.refuse_to_void(voiding=voiding, reason="并非重复", by=second, at=world.now)
    with pytest.raises(errors.VoidingClosed):
        actions.agree_to_void(voiding=voiding, by=operator, at=world.now)
    assert apart("buyer", world.society.pk) == (0, 10000, 0)
    again = actions.propose_voiding(purchase=made, reason="已退货", by=second, at=world.now)
    actions.agree_to_void(voiding=again, by=operator, at=world.now)
    assert apart("buyer", world.society.pk) == (0, 0, 0)
    assert no_mismatch()


REFUSALS: dict[str, tuple[type[Refused], Callable[[World], dict[str, Any]]]] = {
    "no line": (errors.NothingEntered, lambda world: {"lines": ()}),
    "no seller": (errors.SellerMissing, lambda world: {"seller_name": " "}),
    "helped, and nobody bought": (errors.HelpedBuyerMissing, lambda world: {"mode": "helped"}),
    "tomorrow": (errors.NotYetBought, lambda world: {"bought_on": date(2026, 11, 24)}),
    "the autumn before": (errors.BoughtTooLongAgo, lambda world: {"bought_on": date(2025, 11, 30)}),
    "another county": (
        errors.PlaceNotPaired,
        lambda world: {"lines": (elsewhere.line(origin="341802001"),), "campaign": None},
    ),
    "half a fapiao number": (errors.FapiaoNumberWrong, lambda world: {"fapiao_number": "1234"}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_entered(world: World, name: str) -> None:
    refusal, changed = REFUSALS[name]
    with pytest.raises(refusal):
        elsewhere.entered(world, replace(elsewhere.entry(world), **changed(world)))
    assert not ElsewherePurchase.objects.exists()


def test_the_last_days_of_the_year_before_are_still_entered(world: World) -> None:
    made = elsewhere.entered(world, elsewhere.entry(world, bought_on=date(2025, 12, 1)))
    assert made.bought_on == date(2025, 12, 1)


def test_a_day_on_which_nobody_was_paired_does_not_count(world: World) -> None:
    pairing = world.campaign.pairing
    pairing.starts_on = date(2026, 11, 22)
    pairing.save()
    with pytest.raises(errors.PlaceNotPaired):
        elsewhere.entered(world)


def test_an_order_number_or_a_fapiao_counts_once(world: World) -> None:
    first = elsewhere.submitted(
        world, elsewhere.entry(world, channel="832", external_reference="DD 2026-1", fapiao_number=FAPIAO)
    )
    for changed in ({"channel": "832", "external_reference": "ｄｄ2026-1"}, {"fapiao_number": f" {FAPIAO}"}):
        with pytest.raises(Refused, match=first.reference) as caught:
            elsewhere.entered(world, elsewhere.entry(world, seller_name="另一家", **changed))
        assert type(caught.value) in (errors.ReferenceEnteredBefore, errors.FapiaoEnteredBefore)
    with pytest.raises(errors.FapiaoEnteredBefore) as told:
        actions.enter_purchase(
            organisation=world.union,
            entry=elsewhere.entry(world, fapiao_number=FAPIAO),
            by=world.users["clerk"],
            at=world.now,
        )
    assert world.society.name not in str(told.value)
    assert ElsewherePurchase.objects.count() == 1
    actions.withdraw_purchase(purchase=first, by=world.users["buyer"], at=world.now)
    assert elsewhere.entered(world, elsewhere.entry(world, fapiao_number=FAPIAO)).fapiao_number == FAPIAO


def test_receipts_of_two_stalls_may_have_the_same_number(world: World) -> None:
    for seller in ("甲摊", "乙摊"):
        elsewhere.submitted(world, elsewhere.entry(world, seller_name=seller, external_reference="001"))
    with pytest.raises(errors.ReferenceEnteredBefore):
        elsewhere.entered(world, elsewhere.entry(world, seller_name="甲摊", external_reference="001"))


def with_fapiao(world: World) -> Fapiao:
    """A fapiao of an order on this platform."""
    (order,) = market.bought(world, [world.tea_pack])
    factory.delivered(factory.answered(order, world.now), world.users["keeper"], world.now)
    return matched(order, world)


def matched(order: PurchaseOrder, world: World) -> Fapiao:
    """The fapiao of a delivered order."""
    order = PurchaseOrder.objects.get(pk=order.pk)
    return enter_fapiao(
        order=order,
        number=FAPIAO,
        title=order.fapiao_title,
        amount=accepted_amount(order),
        issued_on=world.now.date(),
        by=factory.seat(order),
        at=world.now,
    )


def test_what_was_bought_on_this_platform_is_not_counted_again(world: World) -> None:
    order = with_fapiao(world).order
    with pytest.raises(errors.FapiaoOfAnOrder, match=order.reference):
        elsewhere.entered(world, elsewhere.entry(world, fapiao_number=FAPIAO))
    with pytest.raises(errors.OrderOfThisPlatform):
        elsewhere.entered(world, elsewhere.entry(world, external_reference=order.reference.lower()))
    assert not ElsewherePurchase.objects.exists()


def test_a_vendor_cannot_enter_a_fapiao_that_a_buyer_handed_in_as_bought_elsewhere(world: World) -> None:
    made = elsewhere.confirmed(world, elsewhere.entry(world, fapiao_number=FAPIAO))
    with pytest.raises(errors.CountedElsewhere, match=made.reference):
        with_fapiao(world)
    assert not Fapiao.objects.exists()


def test_the_same_seller_amount_and_day_warns_and_does_not_block(world: World) -> None:
    first, second = elsewhere.submitted(world), elsewhere.submitted(world)
    assert [row.reference for row in look_alikes(second, own_only=True)] == [first.reference]
    other = elsewhere.submitted(world, elsewhere.entry(world, bought_on=date(2026, 11, 20)))
    assert look_alikes(other, own_only=False) == []
    foreign = actions.enter_purchase(
        organisation=world.union, entry=elsewhere.entry(world), by=world.users["clerk"], at=world.now
    )
    assert look_alikes(foreign, own_only=True) == []
    assert {row.reference for row in look_alikes(foreign, own_only=False)} == {first.reference, second.reference}


def test_an_order_of_the_same_vendor_amount_and_day_is_named_too(world: World) -> None:
    (order,) = market.bought(world, [world.tea_pack])
    typed = elsewhere.entry(world, seller_name=world.tea_vendor.name, bought_on=date(2026, 11, 23))
    (alike,) = look_alikes(elsewhere.submitted(world, typed), own_only=True)
    assert (alike.reference, alike.is_order) == (order.reference, True)


def test_a_seller_is_known_by_its_code_or_its_exact_name(world: World) -> None:
    code = "93341523MA8TEXT17X"
    Vendor.objects.filter(pk=world.rice_vendor.pk).update(social_credit_code=code)
    by_code = elsewhere.entered(world, elsewhere.entry(world, seller_name="稻米社", seller_code=code.lower()))
    stranger = elsewhere.entered(world, elsewhere.entry(world, seller_code="93341523MA8TEXT170"))
    assert by_code.vendor == world.rice_vendor
    assert stranger.vendor is None
    assert stranger.has_doubtful_code


def test_nothing_is_submitted_without_a_voucher(world: World) -> None:
    made, buyer = elsewhere.entered(world), world.users["buyer"]
    voucher = made.vouchers.get()
    actions.remove_voucher(voucher=voucher, by=buyer, at=world.now)
    with pytest.raises(errors.VoucherMissing):
        actions.submit_purchase(purchase=made, by=buyer, at=world.now)
    with pytest.raises(FileUnfit):
        actions.add_vouchers(purchase=made, vouchers=[elsewhere.SCAN, Upload("a.exe", b"MZ")], by=buyer, at=world.now)
    assert ElsewhereVoucher.objects.filter(removed_at=None).count() == 0
    with pytest.raises(errors.TooManyVouchers):
        actions.add_vouchers(purchase=made, vouchers=[elsewhere.SCAN] * 11, by=buyer, at=world.now)
    made.refresh_from_db()
    assert made.state == "draft"


def test_individuals_do_not_enter_purchases(world: World) -> None:
    person = User.objects.create_user("caring")
    own = parties.sign_up_individual(name="周小满", region=world.union.region, by=person, at=world.now)
    with pytest.raises(errors.NotForIndividuals):
        actions.enter_purchase(
            organisation=BuyerOrganisation.objects.get(pk=own.pk), entry=elsewhere.entry(world), by=person, at=world.now
        )
    assert not ElsewhereLine.objects.exists()


def test_references_are_of_their_own_kind(world: World) -> None:
    assert re.fullmatch(r"EP-2026-\w{8}", elsewhere.entered(world).reference)
