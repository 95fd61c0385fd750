"""Inside one's own organisation: which role a step needs, with everything it needs typed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.parties.models import Role
from tests.architecture.stage import ALL_ROLES, Stage, everything, roster_file, scan, text_of, visitor
from tests.architecture.test_permissions import MATRIX, of, participant, slug
from tests.factories import elsewhere

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Step:
    """One step on a page: the roles that may take it, the address, and what is typed."""

    roles: set[Role]
    page: str
    args: Callable[[Stage], list[Any]]
    typed: Callable[[Stage], dict[str, Any]] = lambda stage: {}


def typed_terms(stage: Stage) -> dict[str, Any]:
    return {
        "title": "慰问",
        "campaign": stage.world.campaign.pk,
        "purpose": "holiday_gifts",
        "fund_source": "union",
        "allowance_per_member": "100",
        "freight_shared_by": "value",
        "delivery_point": stage.union.delivery_points.order_by("pk")[0].pk,
        "opens_at": "2026-11-24T08:00",
        "closes_at": "2026-11-25T08:00",
    }


def typed_basket(stage: Stage) -> dict[str, Any]:
    point = stage.union.delivery_points.order_by("pk")[0].pk
    return {"purpose": "charity", "fund_source": "organisation", "delivery_point": point}


def typed_payment(stage: Stage) -> dict[str, Any]:
    return {"amount": "10", "transaction_number": "B2", "paid_on": "2026-11-23"}


def leaver(stage: Stage) -> list[Any]:
    return [stage.union.slug, stage.leaver.pk]


CLERKS = {Role.REQUESTER, Role.ORGANISER}


def typed_elsewhere(stage: Stage) -> dict[str, Any]:
    line = elsewhere.line()
    return {
        "mode": "direct",
        "channel": "market",
        "bought_on": "2026-11-20",
        "seller_name": "某",
        "purpose": "canteen",
        "fund_source": "canteen",
        "what_0": "茶",
        "category_0": line.category.pk,
        "origin_0": line.origin.pk,
        "amount_0": "12",
    }


def seat_of(name: str) -> Callable[[Stage], list[Any]]:
    return lambda stage: [stage.union.slug, stage.world.users[name].pk]


def typed_departments(stage: Stage) -> dict[str, Any]:
    (row,) = stage.union.departments.all()
    return {f"position_{row.pk}": 1, f"name_{row.pk}": "办公室"}


def typed_shares(stage: Stage) -> dict[str, Any]:
    (line,) = stage.basket_requisition.lines.all()
    return {f"l{line.pk}p{stage.point.pk}": line.quantity}


STEPS = {
    "invite": Step({Role.ADMINISTRATOR}, "people", slug, lambda s: {"invitee_name": "某", "roles": ["receiver"]}),
    "revoke an invitation": Step({Role.ADMINISTRATOR}, "revoke_invitation", lambda s: [s.union.slug, s.invitation.pk]),
    "end a role": Step({Role.ADMINISTRATOR}, "end_role", lambda s: [s.union.slug, s.union.memberships.first().pk]),
    "hand a colleague's roles over": Step(
        {Role.ADMINISTRATOR},
        "hand_over",
        seat_of("treasurer"),
        lambda s: {"roles": ["treasurer"], "begins_on": "2026-11-30", "successor": s.world.users["clerk"].pk},
    ),
    "cancel a hand-over": Step({Role.ADMINISTRATOR}, "cancel_hand_over", lambda s: [s.union.slug, s.handing.pk]),
    "let a colleague leave": Step({Role.ADMINISTRATOR}, "leave", seat_of("store"), lambda s: {"leave-reason": "调离"}),
    "ask for a recovery": Step(
        {Role.ADMINISTRATOR}, "ask_recovery", seat_of("store"), lambda s: {"recovery-reason": "忘了"}
    ),
    "ask an upper union": Step(
        {Role.ADMINISTRATOR}, "ask_upper", slug, lambda s: {"upper": "Rival", "begins_on": "2026-11-30"}
    ),
    "agree to an organisation below": Step(
        {Role.ADMINISTRATOR}, "answer_upper", lambda s: [s.union.slug, s.asking.pk], lambda s: {"decision": "agree"}
    ),
    "declare a reserved share": Step(
        {Role.ADMINISTRATOR}, "set_share", slug, lambda s: {"year": "2026", "amount": "1000"}
    ),
    "record another name": Step(
        {Role.ADMINISTRATOR},
        "names",
        slug,
        lambda s: {"name": "新名", "fapiao_title": "新名", "valid_from": "2026-11-30", "reason": "改革"},
    ),
    "change a place for goods": Step(
        {Role.REQUESTER, Role.ORGANISER, Role.ADMINISTRATOR},
        "delivery_point",
        lambda s: [s.union.slug, s.point.pk],
        lambda s: {"name": "三库", "address": "示范路3号", "contact_name": "某", "phone": "13800000000"},
    ),
    "use a place by default": Step(
        {Role.REQUESTER, Role.ORGANISER, Role.ADMINISTRATOR}, "use_point", lambda s: [s.union.slug, s.point.pk]
    ),
    "arrange departments": Step({Role.ORGANISER, Role.ADMINISTRATOR}, "departments", slug, typed_departments),
    "take a member off the roll": Step(
        {Role.ORGANISER, Role.ADMINISTRATOR},
        "member",
        lambda s: [s.union.slug, s.union.members.order_by("pk").first().pk],
        lambda s: {"left_on": "2026-11-30", "reason": "退休"},
    ),
    "take a member out of a group order": Step({Role.ORGANISER}, "remove", participant, lambda s: {"reason": "退休"}),
    "say where a member collects": Step({Role.ORGANISER}, "set_point", participant),
    "share a requisition out over places": Step(
        {Role.REQUESTER}, "requisition_points", of("basket_requisition"), typed_shares
    ),
    "add a place for goods": Step(
        {Role.REQUESTER, Role.ORGANISER, Role.ADMINISTRATOR},
        "delivery_points",
        slug,
        lambda s: {"name": "库房", "address": "示范路2号", "contact_name": "某", "phone": "13800000000"},
    ),
    "confirm that somebody's purchases count": Step(
        {Role.ADMINISTRATOR}, "answer_affiliation", of("affiliation", "pk"), lambda s: {"decision": "confirm"}
    ),
    "upload a roster": Step(
        {Role.ORGANISER, Role.ADMINISTRATOR},
        "roll",
        slug,
        lambda s: {"file": SimpleUploadedFile("r.xlsx", roster_file())},
    ),
    "apply a roster": Step(
        {Role.ORGANISER, Role.ADMINISTRATOR},
        "roster_import",
        lambda s: [s.union.slug, s.roster.pk],
        lambda s: {"digest": "x"},
    ),
    "enter a purchase made elsewhere": Step(CLERKS, "new_elsewhere", slug, typed_elsewhere),
    "mend it": Step(CLERKS, "change_elsewhere", of("elsewhere_draft"), typed_elsewhere),
    "add vouchers to it": Step(
        CLERKS,
        "elsewhere_add_vouchers",
        of("elsewhere_draft"),
        lambda s: {"files": [SimpleUploadedFile("a.png", scan().content)]},
    ),
    "take a voucher out": Step(CLERKS, "elsewhere_remove_voucher", lambda s: [s.elsewhere_draft.vouchers.get().pk]),
    "submit it": Step(CLERKS, "elsewhere_submit", of("elsewhere_draft")),
    "withdraw it": Step(CLERKS, "elsewhere_withdraw", of("elsewhere_draft")),
    "upload a sheet": Step(
        CLERKS, "elsewhere_sheets", slug, lambda s: {"file": SimpleUploadedFile("e.xlsx", elsewhere.sheet())}
    ),
    "enter a sheet": Step(CLERKS, "elsewhere_sheet", lambda s: [s.union.slug, s.sheet.pk], lambda s: {"digest": "x"}),
    "prepare a group order": Step({Role.ORGANISER}, "new_group_order", slug, typed_terms),
    "change its terms": Step({Role.ORGANISER}, "group_order_terms", of("draft_order"), typed_terms),
    "choose its offers": Step(
        {Role.ORGANISER},
        "group_order_offers",
        of("draft_order"),
        lambda s: {"shown": s.world.rice_pack.pk, f"offer_{s.world.rice_pack.pk}": "on"},
    ),
    "offer one more pack": Step(
        {Role.ORGANISER}, "group_order_offer", of("draft_order"), lambda s: {"pack": s.world.tea_pack.pk}
    ),
    "open it": Step({Role.ORGANISER}, "group_order_open", of("draft_order")),
    "close it": Step({Role.ORGANISER}, "group_order_close", of("open_order")),
    "call it off": Step({Role.ORGANISER}, "group_order_cancel", of("draft_order")),
    "choose for a member": Step(
        {Role.ORGANISER}, "choose_for", participant, lambda s: {f"q{s.world.tea_pack.pk}": "1"}
    ),
    "issue links": Step({Role.ORGANISER}, "links_workbook", of("open_order")),
    "print links": Step({Role.ORGANISER}, "links_sheet", of("open_order")),
    "revoke links": Step({Role.ORGANISER}, "revoke_links", of("open_order")),
    "revoke a link": Step({Role.ORGANISER}, "revoke_link", participant),
    "request a closed group order": Step({Role.REQUESTER}, "group_order_request", of("group_order")),
    "fill the basket": Step(
        {Role.REQUESTER}, "basket_add", slug, lambda s: {"pack": s.world.tea_pack.pk, "quantity": "1"}
    ),
    "request the basket": Step({Role.REQUESTER}, "basket", slug, typed_basket),
    "submit a requisition": Step({Role.REQUESTER}, "requisition_submit", of("waiting")),
    "cancel a requisition": Step({Role.REQUESTER}, "requisition_cancel", of("waiting")),
    "approve a requisition": Step({Role.APPROVER}, "requisition_approve", of("waiting")),
    "return a requisition": Step({Role.APPROVER}, "requisition_return", of("waiting"), lambda s: {"reason": "不"}),
    "place the orders": Step({Role.APPROVER}, "requisition_place", of("waiting")),
    "receive": Step(
        {Role.RECEIVER},
        "receive",
        of("consignment"),
        lambda s: {f"r{row.pk}": row.quantity for row in s.consignment.lines.all()},
    ),
    "cancel an order": Step({Role.APPROVER}, "cancel_order", of("unanswered"), lambda s: {"reason": "不要了"}),
    "accept": Step({Role.RECEIVER}, "accept_order", of("order"), lambda s: {"note": "好"}),
    "send goods back": Step(
        {Role.RECEIVER},
        "return_goods",
        of("order"),
        lambda s: {"reason": "坏了", "remedy": "refund", "fault": "vendor", f"q{s.order.lines.get().pk}": "1"},
    ),
    "ask to cancel": Step(
        {Role.APPROVER},
        "call_off",
        of("running"),
        lambda s: {"reason": "改期", "fault": "both", f"q{s.running.lines.get().pk}": "1"},
    ),
    "answer a cancellation": Step({Role.APPROVER}, "answer_cancellation", of("cancellation")),
    "withdraw a return": Step({Role.RECEIVER}, "answer_return", of("goods_return")),
    "pay online": Step({Role.TREASURER}, "pay_online", of("invoice", "number")),
    "ask for money back": Step({Role.TREASURER}, "request_refund", of("invoice", "number"), lambda s: {"amount": "1"}),
    "use held money": Step(
        {Role.TREASURER},
        "use_held",
        of("invoice", "number"),
        lambda s: {"towards": s.running.requisition.invoice.number},
    ),
    "ask for a correction": Step(
        {Role.ORGANISER, Role.REQUESTER, Role.APPROVER},
        "correct_attribution",
        of("running"),
        lambda s: {"reason": "错", "campaign": ""},
    ),
    "reverse a payment": Step(
        {Role.TREASURER, Role.APPROVER, Role.ADMINISTRATOR},
        "reverse_payment",
        of("payment", "pk"),
        lambda s: {"reason": "录错"},
    ),
    "record a payment": Step({Role.TREASURER}, "invoice", of("invoice", "number"), typed_payment),
    "make the hand-out list": Step({Role.ORGANISER, Role.RECEIVER}, "requisition_hand_out", of("requisition")),
    "give out vouchers": Step(CLERKS, "issue_vouchers", lambda s: [s.extra["outing"].reference]),
    "ask to move a booking": Step(
        {Role.REQUESTER, Role.APPROVER},
        "move_session",
        lambda s: [s.extra["outing"].reference],
        lambda s: {"reason": "大雪", "way": f"{s.extra['move'].line_id}-{s.extra['move'].to_pack.session_id}"},
    ),
    "answer a move": Step(
        {Role.REQUESTER, Role.APPROVER},
        "answer_move",
        lambda s: [s.extra["move"].reference],
        lambda s: {"decision": "agree"},
    ),
    "file a signed sheet": Step(
        {Role.ORGANISER, Role.RECEIVER},
        "file_signed_sheet",
        of("handout"),
        lambda s: {"sheet": SimpleUploadedFile("签领册.png", scan().content)},
    ),
    "take out a signed sheet": Step(
        {Role.ORGANISER, Role.RECEIVER}, "take_out_sheet", lambda s: [s.handout.reference, s.signed.pk]
    ),
    "download a member's data": Step({Role.ADMINISTRATOR}, "download_member", leaver),
    "erase a member": Step({Role.ADMINISTRATOR}, "erase_member", leaver),
    "refuse to erase a member": Step(
        {Role.ADMINISTRATOR}, "refuse_member_erasure", leaver, lambda s: {"reason": "名册有误"}
    ),
    "tick the hand-out list": Step({Role.ORGANISER, Role.RECEIVER}, "handout_list", of("handout")),
}
REFUSED = "You do not have the role for this step"


def press(client: Client, step: Step, stage: Stage) -> str:
    """What the person reads after the step; it is taken back."""
    address = reverse(f"marketplace:{step.page}", args=step.args(stage))
    with transaction.atomic():
        answer = client.post(address, step.typed(stage), follow=True)
        transaction.set_rollback(True)
    form = answer.context.get("form") if answer.context else None
    refusals = form.non_field_errors() if form else []
    return text_of(answer) + " ".join(refusals)


def colleague(stage: Stage, roles: list[str]) -> Client:
    """A person of the union with exactly these roles."""
    person = User.objects.create_user("colleague", password="secret")
    for role in roles:
        stage.union.memberships.create(user=person, role=role, began_at=stage.world.now)
    return visitor(stage, "colleague")


def test_every_step_is_refused_to_a_colleague_with_every_role_but_its_own(stage: Stage) -> None:
    wrong = []
    for name, step in STEPS.items():
        User.objects.filter(username="colleague").update(username=f"before {name}")
        client = colleague(stage, [role for role in ALL_ROLES if role not in {str(r) for r in step.roles}])
        before = everything()
        if REFUSED not in press(client, step, stage):
            wrong.append(name)
        assert everything() == before, name
    assert not wrong, " | ".join(wrong)


def test_no_step_is_refused_for_want_of_a_role_to_one_who_holds_it(stage: Stage) -> None:
    wrong = []
    for name, step in STEPS.items():
        for role in step.roles:
            User.objects.filter(username="colleague").update(username=f"before {name} {role}")
            if REFUSED in press(colleague(stage, [str(role)]), step, stage):
                wrong.append(f"{name} as {role}")
    assert not wrong, " | ".join(wrong)


def test_every_button_and_form_of_the_workspace_names_its_roles() -> None:
    readers_only = {
        "desk", "mail_wishes", "purchases", "join", "roster_template", "group_orders", "group_order", "requisition", "order",
        "certificate", "payment_notice", "file", "catalogue", "listing_detail", "campaign", "impact", "pick",
        "pick_link", "paid_online", "sign_up", "own_impact", "privacy", "my_data", "download_my_data", "ask_my_erasure",
        "member_data", "download_member_data", "ask_member_erasure",
        "elsewhere_list", "elsewhere", "elsewhere_template",
        "suggestions", "calendar", "places", "place", "vendors", "vendor", "tell_wish",
        "switch_display", "switch_language", "accessibility", "complaint_status", "styleguide",
        "person", "unions", "recover", "vouchers", "member_voucher", "ratings", "report_listing", "report_status",
    }  # fmt: skip
    by_its_own_test = {
        "group_order_reopen",
        "ask_affiliation",  # an individual's alone, who holds every role of theirs
        "privacy_desk",
        "member_privacy",
        "rate_line",  # whoever requests, receives or pays for the organisation
    }
    pages = {name.split(":")[1] for name in MATRIX if name.startswith("marketplace:")}
    assert pages - readers_only - by_its_own_test == {step.page for step in STEPS.values()}


def test_only_an_organiser_reopens_a_closed_group_order(stage: Stage) -> None:
    clerk, at = stage.world.users["clerk"], stage.world.now
    for person in stage.open_order.participants.all():
        grouporders.choose(participant=person, quantities={stage.world.rice_pack.pk: 1}, at=at)
    close_group_order(group_order=stage.open_order, by=clerk, at=at)
    typed = {"closes_at": "2026-11-26T08:00"}
    step = Step({Role.ORGANISER}, "group_order_reopen", of("open_order"), lambda s: typed)
    others = [role for role in ALL_ROLES if role != "organiser"]
    assert REFUSED in press(colleague(stage, others), step, stage)
    assert "open again" in press(visitor(stage, "clerk"), step, stage)


def test_only_an_individual_asks_that_purchases_count_for_an_organisation(stage: Stage) -> None:
    typed = {"name": "某", "organisation": stage.rival.name}
    step = Step(set(), "ask_affiliation", slug, lambda s: typed)
    assert REFUSED in press(colleague(stage, ALL_ROLES), step, stage)
    own = Step(set(), "ask_affiliation", of("individual", "slug"), lambda s: typed)
    stage.affiliation.delete()
    assert "The organisation is asked" in press(visitor(stage, "caring"), own, stage)


def test_only_an_administrator_opens_a_members_page_and_the_looks_at_lists(stage: Stage) -> None:
    addresses = [
        reverse("marketplace:privacy_desk", args=[stage.union.slug]),
        reverse("marketplace:member_privacy", args=leaver(stage)),
    ]
    others = colleague(stage, [role for role in ALL_ROLES if role != "administrator"])
    assert [others.get(address).status_code for address in addresses] == [404, 404]
    assert [visitor(stage, "admin").get(address).status_code for address in addresses] == [200, 200]
