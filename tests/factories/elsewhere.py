"""Purchases made elsewhere in any state, by the actions people use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from marketplace.catalogue.models import Category
from marketplace.impact.elsewhere import actions
from marketplace.impact.elsewhere.models import ElsewherePurchase
from marketplace.impact.elsewhere.rules import Entry, EntryLine
from marketplace.money import Money, yuan
from marketplace.payments.actions import Voucher
from tests.factories import world as factory
from tests.factories.world import World

SCAN = Voucher("receipt.pdf", b"%PDF-1.4 demonstration")
TEA, RICE = "341523108901", "341523105901"  # the vendors' home villages


def line(what: str = "小兰花茶", amount: Money | None = None, *, origin: str = TEA, shelf: str = "tea") -> EntryLine:
    """One line of so much from a village."""
    return EntryLine(what, Category.objects.get(slug=shelf), factory.region(origin), amount or yuan(100), 5, "斤")


def entry(world: World, *lines: EntryLine, **changed: Any) -> Entry:
    """A direct purchase at a market stall two days ago, of 100 yuan unless told otherwise."""
    typed = Entry(
        mode="direct",
        channel="market",
        seller_name="山里人家",
        purpose="canteen",
        fund_source="canteen",
        bought_on=date(2026, 11, 21),
        lines=lines or (line(),),
        campaign=world.campaign,
    )
    return replace(typed, **changed)


def helped(world: World, *lines: EntryLine, **changed: Any) -> Entry:
    """A sale this organisation helped to bring about."""
    return entry(world, *lines, mode="helped", helped_buyer="社区居民", **changed)


def entered(world: World, typed: Entry | None = None) -> ElsewherePurchase:
    """Written down by the society's buyer, with a voucher."""
    buyer = world.users["buyer"]
    made = actions.enter_purchase(organisation=world.society, entry=typed or entry(world), by=buyer, at=world.now)
    actions.add_vouchers(purchase=made, vouchers=[SCAN], by=buyer, at=world.now)
    return made


def submitted(world: World, typed: Entry | None = None) -> ElsewherePurchase:
    """Handed to the county's officers."""
    return actions.submit_purchase(purchase=entered(world, typed), by=world.users["buyer"], at=world.now)


def district(world: World) -> Any:
    """The officer of the buyers' county, made when first asked for."""
    if "district" not in world.users:
        world.users["district"] = factory.officer("district", "341802", world.now)
        world.users["second"] = factory.officer("second", "341802", world.now)
    return world.users["district"]


def confirmed(world: World, typed: Entry | None = None) -> ElsewherePurchase:
    """Confirmed by the district's officer."""
    made = submitted(world, typed)
    return actions.confirm_purchase(purchase=made, submission=1, by=district(world), at=world.now)
