"""Freight from the estimate to the payment: quoted, approved, frozen, given back, and never charged twice."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.errors import AreaTwice, ElsewhereMissing, NotDelivered
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.freight_rules import FreightRule
from marketplace.catalogue.models import Listing
from marketplace.catalogue.set_freight import set_freight_rule
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.models import Acceptance, Fault
from marketplace.fulfilment.selectors import shares as handout_shares
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.links import issue_links
from marketplace.impact.models import ImpactTotal
from marketplace.ledger.models import Posting
from marketplace.management.books import CHECKS
from marketplace.money import Money, total, yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import BasketLine, PurchaseOrder, Requisition
from marketplace.orders.selectors import freight_shares
from marketplace.parties import actions as parties
from marketplace.payments.errors import FapiaoAmountWrong, FapiaoTaxWrong, NothingToRefund
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Fapiao, Invoice, InvoiceAdjustment
from marketplace.payments.refunds import BankAccount
from marketplace.purchase.cancel import agree_to_cancel, cancel, propose_cancellation
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.pay import enter_fapiao, fapiao_due, record_payment
from marketplace.purchase.place import place
from marketplace.purchase.refund import fail_refund, finish_refund, request_refund
from marketplace.purchase.send_back import agree_to_return, propose_return
from tests.factories import market
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(world: World) -> PurchaseOrder:
    """Six packs of tea of 1 kg at ¥90 for the union: ¥540 of goods, ¥18 of freight; the rice comes free."""
    factory.charges(world.tea_vendor, world.now)
    return factory.placed(world)[0]


def books_are_sound() -> bool:
    return [line for check in CHECKS.values() for line in check()] == []


def due() -> Money:
    return Invoice.objects.get().amount_due


def balance(key: str) -> Money:
    return total(Posting.objects.filter(account__key=key).values_list("amount", flat=True))


def fresh(order: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=order.pk)


def test_a_requisition_shows_what_each_vendor_asks_and_placing_makes_it_due(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    requisition = factory.submitted(world)
    assert (requisition.amount, requisition.freight, requisition.amount_asked) == (yuan(660), yuan(18), yuan(678))
    assert [(row.vendor.name, row.weight_grams, row.amount) for row in requisition.freights.all()] == [
        ("TeaCo", 6000, yuan(18)),
        ("RiceCo", 3000, yuan(0)),
    ]
    chair = world.users["chair"]
    tea, rice = place(
        requisition=orders.approve_requisition(requisition=requisition, by=chair, at=world.now),
        by=chair,
        at=world.now,
    )
    assert [(order.amount, order.freight_quoted, order.freight) for order in (tea, rice)] == [
        (yuan(540), yuan(18), yuan(18)),
        (yuan(120), yuan(0), yuan(0)),
    ]
    assert due() == yuan(678)
    assert balance(f"committed:{tea.vendor_id}") == -yuan(558)
    assert books_are_sound()


def test_what_was_approved_is_placed_though_the_vendor_asks_more_by_now(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    chair, requisition = world.users["chair"], factory.submitted(world)
    orders.approve_requisition(requisition=requisition, by=chair, at=world.now)
    factory.charges(world.tea_vendor, world.now, Zone("", True, 1000, yuan(50), 1000, yuan(50)))
    tea, _rice = place(requisition=requisition, by=chair, at=world.now)
    assert tea.freight_quoted == yuan(18)
    factory.answered(tea, world.now, decline=1)
    assert fresh(tea).freight == yuan(16)  # by the edition quoted, not by the one in force now
    assert books_are_sound()


def test_a_returned_requisition_is_quoted_anew_when_it_is_submitted_again(world: World) -> None:
    requisition, chair, clerk = factory.submitted(world), world.users["chair"], world.users["clerk"]
    assert requisition.freight == yuan(0)
    orders.return_requisition(requisition=requisition, reason="再看看", by=chair, at=world.now)
    factory.charges(world.tea_vendor, world.now)
    requisition = orders.submit_requisition(requisition=requisition, by=clerk, at=world.now)
    assert (requisition.freight, requisition.freights.count()) == (yuan(18), 2)


def test_the_vendors_answer_lowers_the_freight_and_freezes_it(world: World, tea: PurchaseOrder) -> None:
    factory.answered(tea, world.now, decline=2)
    assert (fresh(tea).freight_quoted, fresh(tea).freight) == (yuan(18), yuan(14))
    row = InvoiceAdjustment.objects.get(reason="freight")
    assert (row.order, row.line, row.quantity, row.amount) == (tea, None, 0, yuan(-4))
    assert due() == yuan(360) + yuan(14) + yuan(120)
    assert balance(f"committed:{tea.vendor_id}") == -yuan(374)
    assert books_are_sound()


def test_an_answer_never_raises_the_freight_above_the_quote(world: World) -> None:
    free_from_500 = Zone("341802", True, 1000, yuan(8), 1000, yuan(2), free_from=yuan(500))
    factory.charges(world.tea_vendor, world.now, free_from_500, Zone("", False, 1000, yuan(0), 1000, yuan(0)))
    tea, _rice = factory.placed(world)
    factory.answered(tea, world.now, decline=2)  # ¥360 of goods are left, which alone would cost ¥14
    assert (fresh(tea).freight_quoted, fresh(tea).freight) == (yuan(0), yuan(0))
    assert not InvoiceAdjustment.objects.filter(reason="freight").exists()
    assert books_are_sound()


def test_freight_is_charged_once_however_many_parcels_there_are(world: World, tea: PurchaseOrder) -> None:
    store, seat = world.users["store"], factory.seat(tea)
    factory.answered(tea, world.now)
    line = tea.lines.get()
    before = due()
    for quantity in (1, 2, 3):
        parcel = dispatch(order=tea, quantities={line.pk: quantity}, by=seat, at=world.now)
        receive(
            consignment=parcel,
            counts=[Count(row.pk, row.quantity) for row in parcel.lines.all()],
            by=store,
            at=world.now,
        )
    accept(order=tea, by=store, at=world.now)
    assert fresh(tea).freight == yuan(18)
    assert due() == before == yuan(678)
    assert balance(f"payable:{tea.vendor_id}") == -yuan(558)
    assert balance(f"committed:{tea.vendor_id}") == yuan(0)
    assert books_are_sound()


def all_declined(world: World, order: PurchaseOrder) -> None:
    factory.answered(order, world.now, decline=6)


def cancelled_by_the_buyer(world: World, order: PurchaseOrder) -> None:
    cancel(order=order, reason="改期", by=world.users["chair"], at=world.now)


def cancelled_after_the_answer(world: World, order: PurchaseOrder) -> None:
    factory.answered(order, world.now)
    quantities = {line.pk: line.quantity_ordered for line in order.lines.all()}
    asked = propose_cancellation(
        order=order, quantities=quantities, side="buyer", fault=Fault.BUYER, reason="改期",
        by=world.users["chair"], at=world.now,
    )  # fmt: skip
    agree_to_cancel(cancellation=asked, side="vendor", by=factory.seat(order), at=world.now)


def nothing_arrives_whole(world: World, order: PurchaseOrder) -> None:
    factory.answered(order, world.now)
    factory.delivered(order, world.users["store"], world.now, damaged=6)


def everything_goes_back(world: World, order: PurchaseOrder) -> None:
    store = world.users["store"]
    factory.answered(order, world.now)
    factory.delivered(order, store, world.now)
    for quantity in (4, 2):
        factory.sent_back(order, quantities={order.lines.get().pk: quantity}, reason="霉变", by=store, at=world.now)


@pytest.mark.parametrize(
    "step",
    [all_declined, cancelled_by_the_buyer, cancelled_after_the_answer, nothing_arrives_whole, everything_goes_back],
)
@pytest.mark.parametrize("is_paid", [False, True], ids=["unpaid", "paid"])
def test_freight_is_given_back_when_nothing_came_or_stayed(
    world: World, tea: PurchaseOrder, step: Any, is_paid: bool
) -> None:
    if is_paid:
        invoice = Invoice.objects.select_related("organisation").get()
        receipt = Receipt("B1", invoice.amount_open, world.now.date())
        record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)
    step(world, tea)
    assert fresh(tea).freight == yuan(0)
    invoice = Invoice.objects.get()
    assert invoice.amount_due == yuan(120)
    assert invoice.amount_overpaid == (yuan(558) if is_paid else yuan(0))
    assert balance(f"payable:{tea.vendor_id}") == balance(f"committed:{tea.vendor_id}") == yuan(0)
    assert InvoiceAdjustment.objects.get(reason="freight").amount == -yuan(18)
    assert books_are_sound()


def test_freight_stays_when_part_is_cancelled_damaged_or_returned(world: World, tea: PurchaseOrder) -> None:
    store, line = world.users["store"], tea.lines.get()
    factory.answered(tea, world.now)
    asked = propose_cancellation(
        order=tea, quantities={line.pk: 2}, side="vendor", fault=Fault.VENDOR, reason="减产", by=factory.seat(tea),
        at=world.now,
    )  # fmt: skip
    agree_to_cancel(cancellation=asked, side="buyer", by=world.users["chair"], at=world.now)
    factory.delivered(PurchaseOrder.objects.get(pk=tea.pk), store, world.now, damaged=1)
    factory.sent_back(tea, quantities={line.pk: 2}, reason="霉变", by=store, at=world.now)
    assert fresh(tea).freight == yuan(18)
    assert books_are_sound()


def test_freight_stays_when_all_goes_back_but_not_all_at_the_vendors_fault(world: World, tea: PurchaseOrder) -> None:
    store, line = world.users["store"], tea.lines.get()
    factory.answered(tea, world.now)
    factory.delivered(tea, store, world.now)
    factory.sent_back(tea, quantities={line.pk: 5}, reason="霉变", by=store, at=world.now)
    asked = propose_return(
        order=tea, quantities={line.pk: 1}, reason="多买了", fault=Fault.BUYER, by=store, at=world.now
    )
    agree_to_return(goods_return=asked, by=factory.seat(tea), at=world.now)
    assert fresh(tea).freight == yuan(18)
    assert due() == yuan(120 + 18)
    assert total(freight_shares(tea.requisition.group_order).values()) == yuan(18)  # borne by what was chosen
    assert books_are_sound()


def test_money_that_goes_back_fails_and_goes_again_charges_no_freight_anew(world: World, tea: PurchaseOrder) -> None:
    treasurer, store = world.users["treasurer"], world.users["store"]
    for order in PurchaseOrder.objects.order_by("pk"):
        factory.delivered(factory.answered(order, world.now), store, world.now)
    invoice = Invoice.objects.select_related("organisation").get()
    receipt = Receipt("B1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=treasurer, at=world.now)
    factory.sent_back(tea, quantities={tea.lines.get().pk: 2}, reason="漏气", by=store, at=world.now)
    wanted = (yuan(4 * 90 + 18 + 120), yuan(18), yuan(0))
    account = BankAccount("工会", "示范银行", "62000001")

    def kept() -> tuple[Money, Money, Money]:
        row = Invoice.objects.get()
        return row.amount_due, fresh(tea).freight, row.amount_open

    assert kept() == wanted
    for is_sent in (False, True):
        (refund,) = request_refund(invoice=invoice, amount=yuan(180), account=account, by=treasurer, at=world.now)
        assert kept() == wanted
        if is_sent:
            finish_refund(refund=refund, transaction_number="R1", by=None, at=world.now)
        else:
            fail_refund(refund=refund, failure="退票", by=None, at=world.now)
        assert kept() == wanted
    assert not InvoiceAdjustment.objects.filter(reason="freight").exists()
    with pytest.raises(NothingToRefund):
        request_refund(invoice=invoice, amount=yuan(18), account=account, by=treasurer, at=world.now)
    assert books_are_sound()


def test_the_impact_counts_goods_without_freight(world: World, tea: PurchaseOrder) -> None:
    ordered = ImpactTotal.objects.get(dimension="vendor", key=str(tea.vendor_id), measure="ordered")
    assert ordered.amount == yuan(540)


def test_free_delivery_is_reckoned_on_goods_with_tax_and_without_freight(world: World) -> None:
    """Net against gross: ¥90 of goods with ¥18 of freight or 13 % of tax do not reach a minimum of ¥100."""
    free_from_100 = Zone("", True, 1000, yuan(18), 1000, yuan(0), free_from=yuan(100))
    factory.charges(world.rice_vendor, world.now, free_from_100)
    Listing.objects.filter(pk=world.rice.pk).update(tax_rate="13")
    buyer = world.users["buyer"]
    for quantity, freight in ((2, yuan(18)), (3, yuan(0))):  # ¥80 and ¥120
        orders.set_basket_line(
            organisation=world.society, pack=world.rice_pack, quantity=quantity, by=buyer, at=world.now
        )
        made = orders.request_from_basket(
            organisation=world.society,
            campaign=world.campaign,
            purpose="charity",
            fund_source="organisation",
            delivery_point=world.society.delivery_points.get(),
            by=buyer,
            at=world.now,
        )
        assert made.freight == freight


def test_a_place_a_vendor_does_not_deliver_to_is_refused_and_the_basket_stays(world: World) -> None:
    nowhere = Zone("", False, 1000, yuan(0), 1000, yuan(0))
    factory.charges(world.rice_vendor, world.now, nowhere)
    with pytest.raises(NotDelivered, match=r"RiceCo.*宣州区"):
        market.approved(world, [world.rice_pack])
    assert BasketLine.objects.count() == 1
    assert not Requisition.objects.exists()


def test_a_group_order_with_goods_that_cannot_be_delivered_is_not_opened(world: World) -> None:
    factory.charges(world.tea_vendor, world.now, Zone("", False, 1000, yuan(0), 1000, yuan(0)))
    with pytest.raises(NotDelivered, match="TeaCo"):
        factory.open_group_order(world)
    assert not world.union.group_orders.filter(state="open").exists()


def test_the_place_of_the_delivery_point_goes_before_the_organisations(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    world.union.delivery_points.update(region=factory.region("341523"))
    assert (
        factory.submitted(world).freight == yuan(20) + yuan(6) * 10
    )  # everywhere else, 5 kg beyond the first by 500 g


def test_a_rule_is_only_added_to_and_must_answer_for_everywhere(world: World) -> None:
    seat, at = world.tea_vendor.people.get().user, world.now
    here, elsewhere = Zone("341802", True, 1000, yuan(8), 1000, yuan(2)), Zone("", True, 1, yuan(1), 1, yuan(1))
    first = set_freight_rule(vendor=world.tea_vendor, zones=[here, elsewhere], by=seat, at=at)
    with pytest.raises(ElsewhereMissing):
        set_freight_rule(vendor=world.tea_vendor, zones=[here], by=seat, at=at)
    with pytest.raises(AreaTwice):
        set_freight_rule(vendor=world.tea_vendor, zones=[here, here, elsewhere], by=seat, at=at)
    assert list(FreightRule.objects.in_force()) == [first]
    free = set_freight_rule(vendor=world.tea_vendor, zones=[], by=seat, at=at + timedelta(days=1))
    assert list(FreightRule.objects.in_force()) == [free]
    assert first.areas == [here, elsewhere]


@pytest.fixture
def taxed(world: World) -> PurchaseOrder:
    """Six packs of tea at 13 %, ¥540 with ¥18 of freight, delivered: ¥64.19 of tax in it."""
    factory.charges(world.tea_vendor, world.now)
    Listing.objects.filter(pk=world.tea.pk).update(tax_rate="13")
    order = factory.placed(world)[0]
    Listing.objects.filter(pk=world.tea.pk).update(tax_rate="9")  # what was placed keeps its rate
    factory.answered(order, world.now)
    return factory.delivered(order, world.users["store"], world.now)


def enter(order: PurchaseOrder, world: World, amount: Money, tax: Money | None) -> Fapiao:
    return enter_fapiao(
        order=order,
        number="26340000000000000001",
        title=order.fapiao_title,
        amount=amount,
        tax=tax,
        issued_on=world.now.date(),
        by=factory.seat(order),
        at=world.now,
    )


def test_a_fapiao_over_the_goods_alone_is_refused(world: World, taxed: PurchaseOrder) -> None:
    with pytest.raises(FapiaoAmountWrong):
        enter(taxed, world, yuan(540), yuan("62.12"))
    assert not Fapiao.objects.exists()


@pytest.mark.parametrize("tax", [yuan(0), yuan("64.16"), yuan("64.22"), None], ids=["none", "low", "high", "unsaid"])
def test_a_fapiao_with_other_tax_is_refused_by_its_own_sentence(
    world: World, taxed: PurchaseOrder, tax: Money | None
) -> None:
    with pytest.raises(FapiaoTaxWrong):
        enter(taxed, world, yuan(558), tax)
    assert not Fapiao.objects.exists()


@pytest.mark.parametrize("tax", ["64.17", "64.19", "64.21"])
def test_a_fapiaos_lines_may_each_be_rounded_by_a_fen(world: World, taxed: PurchaseOrder, tax: str) -> None:
    assert (fapiao_due(taxed).amount, fapiao_due(taxed).tax) == (yuan(558), yuan("64.19"))
    assert enter(taxed, world, yuan(558), yuan(tax)).tax == yuan(tax)


def test_members_shares_follow_the_terms_and_are_together_the_freight(world: World, tea: PurchaseOrder) -> None:
    group_order = tea.requisition.group_order
    assert group_order is not None
    assert set(freight_shares(group_order).values()) == {yuan(6)}
    factory.answered(tea, world.now, decline=1)  # the last to choose goes short of one
    first, second, third = freight_shares(group_order).values()
    assert (first, second, third) == (yuan("6.40"), yuan("6.40"), yuan("3.20"))
    assert total([first, second, third]) == fresh(tea).freight == yuan(16)


def test_no_allowance_pays_for_freight(world: World, tea: PurchaseOrder) -> None:
    for participant in factory.participants(tea.requisition.group_order):
        assert participant.allowance.committed == yuan(2 * 90 + 40)


def test_the_certificate_is_over_goods_and_shows_freight_apart(world: World, taxed: PurchaseOrder) -> None:
    certificate = Acceptance.objects.get(order=taxed)
    assert (certificate.amount, certificate.freight, certificate.amount_with_freight) == (
        yuan(540),
        yuan(18),
        yuan(558),
    )


# On the screens


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


AREAS = {
    "area0-code": "341802", "area0-way": "fee", "area0-first_grams": "1", "area0-first_fee": "8",
    "area0-next_grams": "1000 g", "area0-next_fee": "2", "area0-free_from": "199",
    "area1-way": "fee", "area2-way": "fee", "area3-way": "fee",
    "elsewhere-way": "none",
    "trial-weight": "12 kg", "trial-to": "341802",
}  # fmt: skip


def test_a_vendor_tries_a_rule_keeps_it_and_buyers_read_it_on_the_listing(world: World) -> None:
    client, address = signed_in(world, "teaco"), reverse("vendors:freight", args=["teaco"])
    assert "Free delivery everywhere" in client.get(address).content.decode()
    tried = client.post(address, AREAS | {"try": "1"})
    assert "12 kg to 宣州区 costs ¥30.00." in tried.content.decode()
    assert not FreightRule.objects.exists()
    kept = client.post(address, AREAS, follow=True).content.decode()
    assert "宣州区: first 1 kg ¥8, each further 1 kg ¥2; free from ¥199 of goods" in kept
    assert "Everywhere else: not delivered there" in kept
    listing = Client(headers={"accept-language": "zh-hans"}).get(f"/catalogue/{world.tea.slug}/").content.decode()
    assert "宣州区：首重 1 kg ¥8，续重每 1 kg ¥2；货款满 ¥199 包邮" in listing


@pytest.mark.parametrize(
    "wrong",
    [
        {"area0-first_grams": "0"},
        {"area0-next_grams": "heavy"},
        {"area0-first_fee": ""},
        {"area0-next_fee": "-1"},
        {"area1-code": "341802", "area1-way": "free"},
        {"area0-code": "no place"},
    ],
    ids=["no first weight", "no weight", "no fee", "negative fee", "area twice", "unknown place"],
)
def test_a_rule_that_cannot_be_reckoned_is_not_kept_and_what_was_typed_stays(
    world: World, wrong: dict[str, str]
) -> None:
    client, address = signed_in(world, "teaco"), reverse("vendors:freight", args=["teaco"])
    answer = client.post(address, AREAS | wrong)
    assert answer.status_code == 422
    assert 'value="199"' in answer.content.decode()
    assert not FreightRule.objects.exists()


def test_a_rule_free_everywhere_is_a_rule_without_areas(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    client, address = signed_in(world, "teaco"), reverse("vendors:freight", args=["teaco"])
    nothing = {f"area{number}-way": "fee" for number in range(4)}
    client.post(address, nothing | {"elsewhere-way": "free", "trial-to": ""})
    assert FreightRule.objects.in_force().get().areas == []


def test_the_basket_says_freight_by_vendor_and_what_is_missing_to_free_delivery(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    orders.set_basket_line(
        organisation=world.society, pack=world.tea_pack, quantity=3, by=world.users["buyer"], at=world.now
    )
    page = signed_in(world, "buyer").get(reverse("marketplace:basket", args=["society"])).content.decode()
    assert "¥312.00" in page  # ¥300 of goods, ¥12 of freight
    assert "¥699.00 more of goods (with tax, without freight) and delivery is free" in page


def test_a_fapiao_form_compares_the_tax_and_keeps_what_was_typed(world: World, taxed: PurchaseOrder) -> None:
    client, address = signed_in(world, "teaco"), reverse("vendors:fapiao", args=[taxed.reference])
    typed = {
        "number": "26340000000000000001", "title": taxed.fapiao_title, "amount": "558", "tax": "60",
        "issued_on": world.now.date().isoformat(),
    }  # fmt: skip
    answer = client.post(address, typed)
    assert "The fapiao shows ¥60.00 of tax, but ¥64.19 is contained" in answer.content.decode()
    assert 'value="26340000000000000001"' in answer.content.decode()
    client.post(address, typed | {"tax": "64.20"})
    assert Fapiao.objects.get().tax == yuan("64.20")


def tax_rows(client: Client, address: str, caption: str) -> list[list[str]]:
    """The cells of the page's tax table, without its head."""
    text = client.get(address).content.decode()
    table = text.split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    return [[cell.strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def test_order_invoice_and_notice_show_what_is_due_and_the_tax_in_it_by_rate(
    world: World, taxed: PurchaseOrder
) -> None:
    now, due, number = "What it comes to now", "Tax in what is due", Invoice.objects.get().number
    thirteen = ["13%", "¥540.00", "¥18.00", "¥558.00", "¥64.19"]
    exempt = ["exempt", "¥120.00", "¥0.00", "¥120.00", "¥0.00"]
    both = ["Total", "¥660.00", "¥18.00", "¥678.00", "¥64.19"]
    buyer, vendor = signed_in(world, "treasurer"), signed_in(world, "teaco")
    assert tax_rows(buyer, reverse("marketplace:order", args=[taxed.reference]), now) == [thirteen]
    assert tax_rows(vendor, reverse("vendors:order", args=[taxed.reference]), now) == [thirteen]
    for name in ("invoice", "payment_notice"):
        shown = tax_rows(buyer, reverse(f"marketplace:{name}", args=[number]), due)
        assert sorted(shown) == sorted([thirteen, exempt, both])
    store, line = world.users["store"], taxed.lines.get()
    factory.sent_back(taxed, quantities={line.pk: 3}, reason="漏气", by=store, at=world.now)
    halved = ["13%", "¥270.00", "¥18.00", "¥288.00", "¥33.13"]
    assert tax_rows(buyer, reverse("marketplace:order", args=[taxed.reference]), now) == [halved]
    assert halved in tax_rows(buyer, reverse("marketplace:payment_notice", args=[number]), due)


def test_a_member_reads_their_share_and_who_bears_it(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    clerk, chair, at = world.users["clerk"], world.users["chair"], world.now
    group_order = factory.open_group_order(world, count=2)
    token = issue_links(group_order=group_order, by=clerk, at=at)[0][1]
    for participant in factory.participants(group_order):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 2}, at=at)
    close_group_order(group_order=group_order, by=clerk, at=at)
    made = orders.request_from_group_order(group_order=group_order, by=clerk, at=at)
    made = orders.submit_requisition(requisition=made, by=clerk, at=at)
    orders.approve_requisition(requisition=made, by=chair, at=at)
    place(requisition=made, by=chair, at=at)
    client = Client(headers={"accept-language": "zh-hans"})
    page = client.get(reverse("marketplace:pick_link", args=[token]), follow=True).content.decode()
    assert "运费中你的一份为 ¥7.00，由Union承担，不占你的额度。" in page


def test_the_hand_out_list_adds_goods_and_freight_up_for_each_member(world: World, tea: PurchaseOrder) -> None:
    for order in tea.requisition.orders.all():
        factory.answered(order, world.now)
        factory.delivered(order, world.users["store"], world.now)
    made = make_handout_list(requisition=tea.requisition, by=world.users["clerk"], at=world.now)
    found = handout_shares(made)
    assert [(share.goods, share.freight, share.amount) for share in found] == [(yuan(220), yuan(6), yuan(226))] * 3
    page = signed_in(world, "clerk").get(reverse("marketplace:handout_list", args=[made.reference])).content.decode()
    assert page.count("goods ¥220.00, freight ¥6.00") == 3


def test_a_private_buyer_is_not_charged_another_amount_than_the_page_showed(world: World) -> None:
    factory.charges(world.tea_vendor, world.now)
    person = factory.user("lu")
    buyer = parties.sign_up_individual(name="陆小满", region=factory.region("341802"), by=person, at=world.now)
    world.users["lu"] = person
    near, far = (
        parties.add_delivery_point(
            organisation=buyer, name=name, address="示范路 1 号", contact_name="陆", phone="13800000000",
            region=region, by=person, at=world.now,
        )
        for name, region in (("家", None), ("老家", factory.region("341523")))
    )  # fmt: skip
    orders.set_basket_line(organisation=buyer, pack=world.tea_pack, quantity=1, by=person, at=world.now)
    client, address = signed_in(world, "lu"), reverse("marketplace:basket", args=[buyer.slug])
    refused = client.post(address, {"delivery_point": far.pk, "shown": "10800"}).content.decode()
    assert "it comes to ¥120.00, not to ¥108.00" in refused
    assert 'name="shown" value="12000"' in refused
    assert not Requisition.objects.exists()
    client.post(address, {"delivery_point": near.pk, "shown": "10800"})
    assert Invoice.objects.get().amount_due == yuan(108)
