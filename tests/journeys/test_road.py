"""The whole road by its actions, to the fen."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.catalogue.models import Stock
from marketplace.impact.selectors import figures_of
from marketplace.ledger import accounts
from marketplace.ledger.selectors import balance
from marketplace.money import yuan
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
