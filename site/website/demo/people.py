"""The demonstration's sign-ins: one plainly shown password, for a site that only ever listens on loopback."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Role

from .data import read_world

PASSWORD = "jiedui-demo"

# The people a visitor should try first, in the order of a purchase, and what waits for each.
FIRST = {
    "yanchun": _("Vendor: mend a returned listing"),
    "officer-shucheng": _("County officer: review listings, see the totals"),
    "minzheng-clerk": _("Organiser: open a group order, import the roster"),
    "xiaoxue-clerk": _("Organiser: a group order is open, one item is short"),
    "minzheng-chair": _("Approver: a requisition waits, with findings"),
    "fuliyuan-chair": _("Approver: an approved requisition waits to be placed"),
    "shitang": _("Vendor: an order waits for an answer, late"),
    "shuangtang": _("Vendor: a confirmed order waits to be sent, late"),
    "shuiyang-admin": _("Receiver: a consignment has arrived"),
    "fuliyuan-admin": _("Treasurer: an invoice is to be paid"),
    "qingteng-clerk": _("Social organisation: a basket to request"),
    "caring-lu": _("Caring individual: a purchase to pay, and what an earlier one did"),
    "officer-xuanzhou": _("District officer: the dashboard of the purchases"),
    "officer-jinzhai": _("Officer of another county: sees public totals only"),
    "bianji": _("Editor: a draft to finish and submit"),
    "shenhe": _("Moderator: a page waits to be published"),
    "operator": _("Operator: sets organisations and regions up"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """One account of the demonstration."""

    username: str
    name: str
    password: str
    role: str
    organisation: str
    hint: str


@cache
def _all() -> tuple[dict[str, object], ...]:
    world = read_world()
    names = {row["slug"]: row["name"] for row in [*world["organisation"], *world["vendor"]]}
    return tuple(
        {**row, "place": names.get(row.get("organisation") or row.get("vendor"), "")} for row in world["person"]
    )


def sign_in_list() -> list[SignIn]:
    """Every account, those to try first at the top, in the reader's language."""
    order = list(FIRST)
    rows = sorted(_all(), key=lambda row: order.index(row["username"]) if row["username"] in order else len(order))
    return [
        SignIn(
            username=str(row["username"]),
            name=str(row["name"]),
            password=PASSWORD,
            role=_role(row),
            organisation=str(row["place"]),
            hint=str(FIRST.get(str(row["username"]), "")),
        )
        for row in rows
    ]


def _role(row: dict[str, object]) -> str:
    if row.get("roles"):
        return "、".join(str(Role(role).label) for role in row["roles"])  # type: ignore[attr-defined]  # a TOML array
    if row.get("desk"):
        return str(_("editor") if row["desk"] == "editor" else _("moderator"))
    if row.get("individual"):
        return str(_("caring individual"))
    return str(_("vendor") if row.get("vendor") else _("officer") if row.get("region") else _("operator"))
