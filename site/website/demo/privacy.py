"""Papers that are nobody else's business: a signed hand-out list filed, a member who asked to be erased, one who was."""

from __future__ import annotations

from typing import Any

from marketplace.fulfilment.actions import keep_signed_sheet
from marketplace.fulfilment.models import HandoutList
from marketplace.parties import actions as parties
from marketplace.parties.looks import note_look
from marketplace.parties.models import Member, PeopleList
from marketplace.purchase.erase import ask_erasure, erase_member
from marketplace.sheets import make_workbook
from marketplace.uploads import Upload

from .founding import Cast
from .steps import person, scan

UNION = "civil-affairs"


def tell(cast: Cast) -> None:
    """民政's oldest hand-out list is filed with its signatures; of its members one was erased, and one asks for it."""
    clerk, admin = person(cast, UNION, "organiser"), person(cast, UNION, "administrator")
    union = cast.organisations[UNION]
    handout = HandoutList.objects.filter(group_order__organisation=union).order_by("pk")[0]
    for page in (1, 2):
        sheet = Upload(f"签领册（第 {page} 页）.png", scan(f"签领册（示范）{page}"))
        keep_signed_sheet(handout_list=handout, sheet=sheet, by=clerk, at=cast.at(-40))
    first, second = _late_entries(cast, clerk)
    erase_member(member=first, by=admin, at=cast.at(-3))
    ask_erasure(member=second, by=None, at=cast.at(-1))
    tang = cast.users["caring-tang"]
    ask_erasure(account=tang, by=tang, at=cast.at(-1))
    for who, day in ((clerk, -5), (admin, -3), (clerk, -1)):
        count = union.members.count()
        note_look(
            people_list=PeopleList.ROLL,
            organisation=union,
            rows=min(50, count),
            screen="marketplace:roll",
            by=who,
            at=cast.at(day),
        )


def _late_entries(cast: Cast, clerk: Any) -> list[Member]:
    """Two who came to the roll after everything was chosen, and to whom nothing is on its way."""
    union, at = cast.organisations[UNION], cast.at(-4)
    rows = [["郑和平", "离退休办", "LT001", "13800003001"], ["胡素芬", "离退休办", "LT002", "13800003002"]]
    content = make_workbook("会员名册", ["姓名", "部门", "工号", "手机"], rows)
    roster = parties.upload_roster(
        organisation=union, roster=Upload("离退休会员.xlsx", content), is_complete=False, by=clerk, at=at
    )
    parties.apply_roster(roster_import=roster, digest=parties.roster_plan(roster, at=at).digest, by=clerk, at=at)
    return list(union.members.filter(staff_number__startswith="LT").order_by("pk"))
