"""The whole road by its actions, to the fen."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from marketplace.catalogue.models import Category, Listing, Stock
from marketplace.fulfilment.actions import tick_rows
from marketplace.grouporders.links import issue_links
from marketplace.impact.selectors import figures_of
from marketplace.ledger import accounts
from marketplace.ledger.selectors import balance
from marketplace.money import Money, yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.parties.models import BuyerOrganisation, Vendor
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.pay import accepted_amount, enter_fapiao, record_payment
from tests.factories import world as factory
from tests.factories.world import World


def test_the_whole_road_moves_every_total_to_the_fen(world: World) -> None:
    orders = factory.placed(world, tea=2, rice=1, count=3)
    tea, rice = orders
    invoice = Invoice.objects.get()
    # Six tins reach the tier of five, at ¥90; three bags of rice at ¥40.
    assert invoice.amount_invoiced == yuan(6 * 90 + 3 * 40)
    key = str(world.campaign.pk)
    assert figures_of("campaign", key).ordered == yuan(660)

    factory.answered(tea, world.now)
    factory.answered(rice, world.now, decline=1)
    invoice.refresh_from_db()
    assert invoice.amount_due == yuan(620)

    factory.delivered(tea, world.users["store"], world.now, damaged=1)
    factory.delivered(rice, world.users["store"], world.now)
    invoice.refresh_from_db()
    assert invoice.amount_due == yuan(530)
    assert figures_of("campaign", key).accepted == yuan(530)
    assert figures_of("campaign", key).completed == yuan(0)

    for number, order in enumerate(orders):
        enter_fapiao(
            order=order,
            number=f"{26340000000000000000 + number}",
            title="Union（抬头）",
            amount=accepted_amount(order),
            issued_on=world.now.date(),
            by=factory.seat(order),
            at=world.now,
        )
    receipt = Receipt("BANK1", yuan(530), date(2026, 11, 23))
    record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)
    figures = figures_of("campaign", key)
    assert (figures.ordered, figures.paid, figures.accepted, figures.completed) == (
        yuan(620),
        yuan(530),
        yuan(530),
        yuan(530),
    )
    assert balance(accounts.receivable(world.union.pk)) == yuan(0)
    assert balance(accounts.BANK) == yuan(530)
    assert balance(accounts.payable(world.tea_vendor.pk)) == yuan(-450)
    assert Stock.objects.get(pack=world.tea_pack).on_hand == 44
    handout = make_handout_list(requisition=tea.requisition, by=world.users["clerk"], at=world.now + timedelta(days=1))
    assert handout.rows.count() == 3


# Who did what to which kind of document on the way from a listing to the hand-out, as the log has it.
LEFT_BY_THE_ROAD = {
    ("submit_listing", "listing", "teaco"),
    ("publish_listing", "listing", "officer"),
    ("create_group_order", "grouporder", "clerk"),
    ("open_group_order", "grouporder", "clerk"),
    ("issue_links", "grouporder", "clerk"),
    ("close_group_order", "grouporder", "clerk"),
    ("draft_requisition", "requisition", "clerk"),
    ("submit_requisition", "requisition", "clerk"),
    ("requisition_approved", "requisition", "chair"),
    ("place", "requisition", "chair"),
    ("place", "purchaseorder", "chair"),
    ("answer", "purchaseorder", "teaco"),
    ("dispatch", "purchaseorder", "teaco"),
    ("receive", "purchaseorder", "store"),
    ("accept", "purchaseorder", "store"),
    ("match_fapiao", "purchaseorder", "teaco"),
    ("record_payment", "invoice", "treasurer"),
    ("make_handout_list", "grouporder", "clerk"),
    ("hand_out", "grouporder", "clerk"),
}


def test_every_step_of_the_road_leaves_its_log_entry_with_who_did_it(world: World) -> None:
    clerk, at = world.users["clerk"], world.now
    orders = factory.placed(world)
    issue_links(group_order=factory.open_group_order(world), by=clerk, at=at)
    tea, _rice = [factory.delivered(factory.answered(order, at), world.users["store"], at) for order in orders]
    facts = {"title": tea.fapiao_title, "amount": accepted_amount(tea), "issued_on": at.date()}
    enter_fapiao(order=tea, number="26340000000000000001", **facts, by=factory.seat(tea), at=at)
    invoice = Invoice.objects.select_related("organisation").get()
    record_payment(invoice=invoice, receipt=Receipt("B1", yuan(1), at.date()), by=world.users["treasurer"], at=at)
    handout = make_handout_list(requisition=tea.requisition, by=clerk, at=at)
    tick_rows(handout_list=handout, handed=[handout.rows.all()[0].pk], by=clerk, at=at)
    rows = ModelLogEntry.objects.values_list("action", "content_type__model", "user__username")
    found = {(action.removeprefix("marketplace."), model, who) for action, model, who in rows}
    assert LEFT_BY_THE_ROAD - found == set()
    unread = {action for action, _model, _who in rows if not registry.action_exists(action)}
    assert unread == set()  # officers read each in words


def changed(world: World, listing: Listing, price: Money) -> None:
    """The vendor sells it under another name, from another village and at another price; the officer agrees."""
    written = Listing.objects.get(pk=listing.pk).get_latest_revision_as_object()
    written.title, written.origin, written.tax_rate = "新名字", factory.region("341523105901"), "9"
    packs = list(written.packs.all())
    packs[0].name, packs[0].unit_price, packs[0].tiers = "新包装", price, []
    written.packs.set(packs)
    factory.reviewed(written, world)


def test_names_prices_and_origin_stay_as_they_were_when_placed(world: World) -> None:
    tea, _rice = factory.placed(world)
    line, invoice = tea.lines.get(), Invoice.objects.get()
    asked = [
        (world.users["chair"], reverse("marketplace:order", args=[tea.reference])),
        (factory.seat(tea), reverse("vendors:order", args=[tea.reference])),
        (world.users["treasurer"], reverse("marketplace:payment_notice", args=[invoice.number])),
    ]

    def facts() -> list[object]:
        order = PurchaseOrder.objects.get(pk=tea.pk)
        row = order.lines.values_list(
            "title",
            "pack_name",
            "unit_price",
            "origin_code",
            "origin_name",
            "township_name",
            "tax_rate",
            "category_name",
        )
        names = (order.vendor_name, order.buyer_name, order.fapiao_title, order.delivery_address, order.amount)
        return [*row, *names, order.campaign, order.purpose, order.fund_source, Invoice.objects.get().amount_due]

    before = facts()
    changed(world, world.tea, yuan(123))
    Vendor.objects.filter(pk=tea.vendor_id).update(name="新社名")
    BuyerOrganisation.objects.filter(pk=world.union.pk).update(name="新工会", fapiao_title="新抬头")
    world.union.delivery_points.update(address="新地址")
    Category.objects.update(name="新类别")
    assert facts() == before
    assert (line.title, line.unit_price, line.origin_code) == ("舒城小兰花", yuan(90), "341523108901")
    for person, address in asked:
        client = Client()
        client.force_login(person)
        text = client.get(address).content.decode().split("<main")[1]
        assert [word for word in ("新名字", "新包装", "新社名", "新地址", "新抬头", "123.00") if word in text] == [], (
            address
        )
    factory.delivered(factory.answered(tea, world.now), world.users["store"], world.now)
    assert figures_of("village", "341523108901").accepted == yuan(540)  # what it was, not where it is from now
    assert figures_of("village", "341523105901").accepted == yuan(0)
