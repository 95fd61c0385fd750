"""What handing a purchase out to members is called."""

from __future__ import annotations

import pytest

from marketplace.fulfilment.handing import Handing, handing_of, handing_together

GOODS, VOUCHERS, PARTICIPATION = Handing.GOODS, Handing.VOUCHERS, Handing.PARTICIPATION


@pytest.mark.parametrize(
    ("lines", "redeemed", "held", "kind"),
    [(2, 0, 0, GOODS), (2, 1, 1, GOODS), (2, 2, 1, VOUCHERS), (2, 2, 0, VOUCHERS), (2, 2, 2, PARTICIPATION)],
    ids=["goods", "goods and an outing", "an outing and a voucher", "vouchers", "an outing"],
)
def test_what_is_ticked_follows_what_was_ordered(lines: int, redeemed: int, held: int, kind: Handing) -> None:
    assert handing_of(lines=lines, redeemed=redeemed, held=held) == kind


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        ([], GOODS),
        ([PARTICIPATION, PARTICIPATION], PARTICIPATION),
        ([PARTICIPATION, VOUCHERS], VOUCHERS),
        ([PARTICIPATION, GOODS], GOODS),
    ],
    ids=["nothing", "outings", "an outing and vouchers", "an outing and goods"],
)
def test_one_list_for_several_orders_is_about_goods_as_soon_as_there_are_any(
    kinds: list[Handing], kind: Handing
) -> None:
    assert handing_together(kinds) == kind
