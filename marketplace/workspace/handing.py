"""The words for handing out, by what it is: goods are given, a voucher was used, somebody took part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from ..fulfilment.handing import Handing


@dataclass(frozen=True, slots=True)
class Words:
    """How a list of this kind is read: what is to be done, its name, what a member gets, the tick, how many are ticked."""

    task: Any
    making: Any
    make: Any
    open: Any
    heading: Any
    column: Any
    ticked: Any
    tick: Any
    counted: Any
    what_to_do: Any


WORDS = {
    Handing.GOODS: Words(
        gettext_lazy("Hand out the goods"),
        gettext_lazy("Everything is accepted: make the hand-out list"),
        gettext_lazy("Make the hand-out list"),
        gettext_lazy("Open the hand-out list"),
        gettext_lazy("Hand-out list"),
        gettext_lazy("Goods"),
        gettext_lazy("Handed out"),
        gettext_lazy("given"),
        gettext_lazy("%(handed)s of %(count)s handed out"),
        gettext_lazy("Tick whoever has received their goods."),
    ),
    Handing.VOUCHERS: Words(
        gettext_lazy("Note who used their vouchers"),
        gettext_lazy("Everything is accepted: make the list of vouchers used"),
        gettext_lazy("Make the list"),
        gettext_lazy("Open the list"),
        gettext_lazy("List of vouchers used"),
        gettext_lazy("Item"),
        gettext_lazy("Used"),
        pgettext_lazy("voucher", "was used"),
        gettext_lazy("%(handed)s of %(count)s have used theirs"),
        gettext_lazy("Tick whoever has used their vouchers."),
    ),
    Handing.PARTICIPATION: Words(
        gettext_lazy("Note who took part"),
        gettext_lazy("Everything is accepted: make the list of participants"),
        gettext_lazy("Make the list"),
        gettext_lazy("Open the list"),
        gettext_lazy("List of participants"),
        gettext_lazy("Took part in"),
        gettext_lazy("Took part"),
        pgettext_lazy("participant", "took part"),
        gettext_lazy("%(handed)s of %(count)s took part"),
        gettext_lazy("Tick whoever took part."),
    ),
}
