"""The permission matrix: every page, everybody who might open it, and no page without a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

import marketplace.backoffice.urls
import marketplace.urls
import vendors.urls
import website.urls
from marketplace.grouporders.models import MemberChoice
from marketplace.parties.models import Role
from tests.architecture.stage import ALL_ROLES, Stage, roster_file, scan, set_stage, visitor
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def stage(world: World) -> Stage:
    return set_stage(world)


PEOPLE = {
    "anonymous": "a visitor without an account",
    "member": "a member with a personal link",
    "admin": "the union's own administrator",
    "rival": "another union's organiser, holding every role there",
    "buyer": "a social organisation's requester",
    "teaco": "the order's vendor",
    "riceco": "another vendor",
    "officer": "the officer of the vendors' county",
    "foreign-officer": "the officer of another county",
    "operator": "the operator",
}
OFFICERS = {"officer", "foreign-officer", "operator"}
VENDORS = {"teaco", "riceco"}


@dataclass(frozen=True)
class Door:
    """One page: whom it lets in, its address's arguments, and whether it is a button (POST only)."""

    lets_in: frozenset[str] | set[str]
    args: Callable[[Stage], list[Any]] = lambda stage: []
    button: bool = False
    typed: Callable[[Stage], dict[str, Any]] = lambda stage: {}


EVERYBODY = set(PEOPLE)
SIGNED_IN = EVERYBODY - {"anonymous", "member"}
OWN = {"admin"}


def own(args: Callable[[Stage], list[Any]], *, button: bool = False) -> Door:
    """A page of the union's own people."""
    return Door(OWN, args, button)


def slug(stage: Stage) -> list[Any]:
    return [stage.union.slug]


def of(name: str, field: str = "reference") -> Callable[[Stage], list[Any]]:
    """The address of one of the stage's documents."""
    return lambda stage: [getattr(getattr(stage, name), field)]


def participant(stage: Stage) -> list[Any]:
    return [stage.open_order.reference, stage.open_order.participants.order_by("pk").first().pk]


MATRIX = {
    # The storefront
    "marketplace:catalogue": Door(EVERYBODY),
    "marketplace:listing_detail": Door(EVERYBODY, of("listing", "slug")),
    "marketplace:impact": Door(EVERYBODY),
    # The buyers' workspace
    "marketplace:desk": Door(SIGNED_IN),
    "marketplace:purchases": own(slug),
    "marketplace:people": own(slug),
    "marketplace:end_role": own(lambda s: [s.union.slug, s.union.memberships.first().pk], button=True),
    "marketplace:revoke_invitation": own(lambda s: [s.union.slug, s.invitation.pk], button=True),
    "marketplace:join": Door(EVERYBODY, lambda s: [s.join_token]),
    "marketplace:roll": own(slug),
    "marketplace:roster_template": own(slug),
    "marketplace:roster_import": own(lambda s: [s.union.slug, s.roster.pk]),
    "marketplace:group_orders": own(slug),
    "marketplace:new_group_order": own(slug),
    "marketplace:group_order": own(of("open_order")),
    "marketplace:group_order_terms": own(of("draft_order")),
    "marketplace:group_order_offers": own(of("draft_order")),
    "marketplace:group_order_open": own(of("draft_order"), button=True),
    "marketplace:group_order_close": own(of("open_order"), button=True),
    "marketplace:group_order_cancel": own(of("draft_order"), button=True),
    "marketplace:group_order_reopen": own(of("group_order"), button=True),
    "marketplace:group_order_request": own(of("group_order"), button=True),
    "marketplace:choose_for": own(participant),
    "marketplace:revoke_link": own(participant, button=True),
    "marketplace:links_workbook": own(of("open_order"), button=True),
    "marketplace:links_sheet": own(of("open_order"), button=True),
    "marketplace:revoke_links": own(of("open_order"), button=True),
    "marketplace:basket": own(slug),
    "marketplace:basket_add": Door(OWN, slug, button=True, typed=lambda s: {"pack": s.world.tea_pack.pk}),
    "marketplace:requisition": own(of("requisition")),
    "marketplace:requisition_submit": own(of("waiting"), button=True),
    "marketplace:requisition_approve": own(of("waiting"), button=True),
    "marketplace:requisition_return": own(of("waiting"), button=True),
    "marketplace:requisition_cancel": own(of("waiting"), button=True),
    "marketplace:requisition_place": own(of("waiting"), button=True),
    "marketplace:requisition_hand_out": own(of("requisition"), button=True),
    "marketplace:order": own(of("order")),
    "marketplace:accept_order": own(of("order")),
    "marketplace:cancel_order": own(of("order"), button=True),
    "marketplace:certificate": own(of("order")),
    "marketplace:return_goods": own(of("order")),
    "marketplace:receive": own(of("consignment")),
    "marketplace:invoice": own(of("invoice", "number")),
    "marketplace:payment_notice": own(of("invoice", "number")),
    "marketplace:voucher": own(of("payment", "pk")),
    "marketplace:receipt_photo": own(of("receipt", "pk")),
    "marketplace:handout_list": own(of("handout")),
    # The member's way
    "marketplace:pick": Door({"member"}),
    "marketplace:pick_link": Door(EVERYBODY, lambda s: [s.pick_token]),
    # The vendors' workspace
    "vendors:desk": Door(VENDORS),
    "vendors:orders": Door(VENDORS),
    "vendors:order": Door({"teaco"}, of("order")),
    "vendors:answer": Door({"teaco"}, of("order"), button=True),
    "vendors:dispatch": Door({"teaco"}, of("order"), button=True),
    "vendors:fapiao": Door({"teaco"}, of("order"), button=True),
    "vendors:dispatch_note": Door({"teaco"}, of("consignment")),
    "vendors:listings": Door(VENDORS),
    "vendors:new_listing": Door(VENDORS),
    "vendors:change_listing": Door({"teaco"}, of("listing", "pk")),
    "vendors:submit_listing": Door({"teaco"}, of("listing", "pk"), button=True),
    "vendors:withdraw_listing": Door({"teaco"}, of("listing", "pk"), button=True),
    "vendors:stock": Door({"teaco"}, lambda s: [s.listing.packs.get().pk], button=True),
    # The officers' screens
    "marketplace_backoffice:dashboard": Door(OFFICERS),
    "marketplace_backoffice:lines": Door(OFFICERS, lambda s: ["vendor", s.order.vendor_id]),
    "marketplace_backoffice:register": Door(OFFICERS, lambda s: ["2026-11"]),
    "marketplace_backoffice:orders": Door(OFFICERS),
    "marketplace_backoffice:order": Door({"officer", "operator"}, of("order")),
    "marketplace_backoffice:review": Door({"officer", "operator"}, of("listing", "pk")),
    "marketplace_backoffice:admit": Door({"officer", "operator"}, of("applicant", "pk"), button=True),
    "marketplace_backoffice:organisations": Door({"operator"}),
}


def test_every_page_has_a_row_in_the_matrix() -> None:
    sets = {
        "marketplace": marketplace.urls.urlpatterns,
        "vendors": vendors.urls.urlpatterns,
        "marketplace_backoffice": marketplace.backoffice.urls.urlpatterns,
    }
    pages = {f"{space}:{pattern.name}" for space, patterns in sets.items() for pattern in patterns}
    assert pages == set(MATRIX)


def test_the_sites_addresses_are_the_ones_the_matrix_covers() -> None:
    roots = [str(pattern.pattern) for pattern in website.urls.urlpatterns]
    assert roots == ["healthz", "readyz", "admin/", "documents/", "accounts/", "i18n/", "vendor/", "", ""]


def knock(client: Client, name: str, door: Door, stage: Stage) -> Any:
    """Open the page, or press its button; what pressing changed is taken back."""
    address = reverse(name, args=door.args(stage))
    if not door.button:
        answer = client.get(address)
        text_of(answer)
        return answer
    with transaction.atomic():
        answer = client.post(address, door.typed(stage))
        transaction.set_rollback(True)
    return answer


def text_of(answer: Any) -> str:
    """What an answer says, escapes of JSON undone; a file is read to its end."""
    raw = b"".join(answer).decode(errors="replace")
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), raw)


def is_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def came_in(answer: Any) -> bool:
    return answer.status_code in (200, 422) or (answer.status_code == 302 and not is_sign_in(answer))


def stayed_out(answer: Any) -> bool:
    return answer.status_code in (403, 404) or is_sign_in(answer) or went_home(answer)


def went_home(answer: Any) -> bool:
    """Wagtail sends a signed-in person without the right to its own front page, with a message."""
    return answer.status_code == 302 and answer["Location"] == "/admin/"


@pytest.mark.parametrize("who", PEOPLE)
def test_every_door_opens_to_whom_it_should_and_to_nobody_else(stage: Stage, who: str) -> None:
    client = visitor(stage, who)
    wrong = []
    for name, door in MATRIX.items():
        answer = knock(client, name, door, stage)
        expected = who in door.lets_in
        if not (came_in(answer) and not went_home(answer) if expected else stayed_out(answer)):
            wrong.append(f"{name}: {answer.status_code} {answer.get('Location', '')}, expected in: {expected}")
    assert wrong == []


def everything() -> dict[str, list[Any]]:
    """All rows of the two apps, to compare."""
    models = [*apps.get_app_config("marketplace").get_models(), *apps.get_app_config("vendors").get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("who", ["anonymous", "member", "rival", "riceco", "foreign-officer"])
def test_whoever_is_kept_out_changes_nothing(stage: Stage, who: str) -> None:
    client = visitor(stage, who)
    before = everything()
    for name, door in MATRIX.items():
        if who not in door.lets_in:
            address = reverse(name, args=door.args(stage))
            assert stayed_out(client.post(address, door.typed(stage))), name
    assert everything() == before


def test_a_document_is_not_reached_through_an_organisation_of_ones_own(stage: Stage) -> None:
    client = visitor(stage, "rival")
    union_person = stage.open_order.participants.order_by("pk").first().pk
    addresses = [
        reverse("marketplace:choose_for", args=[stage.rival_order.reference, union_person]),
        reverse("marketplace:revoke_link", args=[stage.rival_order.reference, union_person]),
        reverse("marketplace:roster_import", args=[stage.rival.slug, stage.roster.pk]),
        reverse("marketplace:end_role", args=[stage.rival.slug, stage.union.memberships.first().pk]),
    ]
    before = everything()
    assert [client.post(address).status_code for address in addresses] == [404] * 4
    assert everything() == before


def test_an_officers_lists_hold_nothing_of_another_county(stage: Stage) -> None:
    order, listing = stage.order, stage.listing
    own_client, other = visitor(stage, "officer"), visitor(stage, "foreign-officer")
    for name, args in (("dashboard", []), ("orders", []), ("lines", ["vendor", order.vendor_id])):
        address = reverse(f"marketplace_backoffice:{name}", args=args) + "?measure=ordered"
        ours, theirs = own_client.get(address).content.decode(), other.get(address).content.decode()
        marks = [order.reference, listing.title, stage.applicant.name]
        assert any(mark in ours for mark in marks), name
        assert [mark for mark in marks if mark in theirs] == [], name


def test_a_vendors_lists_hold_nothing_of_another_vendor(stage: Stage) -> None:
    client = visitor(stage, "riceco")
    for name in ("vendors:desk", "vendors:orders", "vendors:listings"):
        text = client.get(reverse(name)).content.decode()
        assert stage.order.reference not in text, name
        assert stage.listing.title not in text, name
    assert stage.order.reference in visitor(stage, "teaco").get(reverse("vendors:orders")).content.decode()


def test_the_catalogue_shows_neither_drafts_nor_vendors_not_admitted(stage: Stage) -> None:
    stage.listing.vendor.admitted_at = None
    stage.listing.vendor.save()
    client = Client()
    assert client.get(reverse("marketplace:listing_detail", args=[stage.listing.slug])).status_code == 404
    assert stage.listing.title not in client.get(reverse("marketplace:catalogue")).content.decode()


def test_a_member_sees_and_changes_only_their_own_choice(stage: Stage) -> None:
    client = visitor(stage, "member")
    pack = stage.world.tea_pack.pk
    before = MemberChoice.objects.count()
    client.post(reverse("marketplace:pick"), {f"q{pack}": 1, "participant": participant(stage)[1] + 1})
    made = MemberChoice.objects.order_by("-pk").first()
    assert MemberChoice.objects.count() == before + 1
    assert made.participant.links.get().participant_id == made.participant_id
    assert made.participant.group_order == stage.open_order


# Inside one's own organisation: which role a step needs, with what is typed.


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
        "delivery_point": stage.union.delivery_points.get().pk,
        "opens_at": "2026-11-24T08:00",
        "closes_at": "2026-11-25T08:00",
    }


def typed_basket(stage: Stage) -> dict[str, Any]:
    point = stage.union.delivery_points.get().pk
    return {"purpose": "charity", "fund_source": "organisation", "delivery_point": point}


def typed_payment(stage: Stage) -> dict[str, Any]:
    return {"amount": "10", "transaction_number": "B2", "paid_on": "2026-11-23"}


STEPS = {
    "invite": Step({Role.ADMINISTRATOR}, "people", slug, lambda s: {"invitee_name": "某", "roles": ["receiver"]}),
    "revoke an invitation": Step({Role.ADMINISTRATOR}, "revoke_invitation", lambda s: [s.union.slug, s.invitation.pk]),
    "end a role": Step({Role.ADMINISTRATOR}, "end_role", lambda s: [s.union.slug, s.union.memberships.first().pk]),
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
    "prepare a group order": Step({Role.ORGANISER}, "new_group_order", slug, typed_terms),
    "change its terms": Step({Role.ORGANISER}, "group_order_terms", of("draft_order"), typed_terms),
    "choose its offers": Step(
        {Role.ORGANISER},
        "group_order_offers",
        of("draft_order"),
        lambda s: {f"offer_{s.world.rice_pack.pk}": "on"},
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
    "cancel an order": Step({Role.APPROVER}, "cancel_order", of("order"), lambda s: {"reason": "不要了"}),
    "accept": Step({Role.RECEIVER}, "accept_order", of("order"), lambda s: {"note": "好"}),
    "send goods back": Step(
        {Role.RECEIVER},
        "return_goods",
        of("order"),
        lambda s: {"reason": "坏了", f"q{s.order.lines.get().pk}": "1"},
    ),
    "record a payment": Step({Role.TREASURER}, "invoice", of("invoice", "number"), typed_payment),
    "make the hand-out list": Step({Role.ORGANISER, Role.RECEIVER}, "requisition_hand_out", of("requisition")),
    "tick the hand-out list": Step({Role.ORGANISER, Role.RECEIVER}, "handout_list", of("handout")),
}
REFUSED = "You do not have the role for this step"


def press(client: Client, step: Step, stage: Stage) -> str:
    """What the person reads after the step; it is taken back."""
    address = reverse(f"marketplace:{step.page}", args=step.args(stage))
    with transaction.atomic():
        answer = client.post(address, step.typed(stage), follow=True)
        transaction.set_rollback(True)
    refusals = answer.context["form"].non_field_errors() if answer.context and "form" in answer.context else []
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
    assert wrong == []


def test_no_step_is_refused_for_want_of_a_role_to_one_who_holds_it(stage: Stage) -> None:
    wrong = []
    for name, step in STEPS.items():
        for role in step.roles:
            User.objects.filter(username="colleague").update(username=f"before {name} {role}")
            if REFUSED in press(colleague(stage, [str(role)]), step, stage):
                wrong.append(f"{name} as {role}")
    assert wrong == []


def test_every_button_and_form_of_the_workspace_names_its_roles() -> None:
    readers_only = {
        "desk", "purchases", "join", "roster_template", "group_orders", "group_order", "requisition", "order",
        "certificate", "payment_notice", "voucher", "receipt_photo", "catalogue", "listing_detail", "impact", "pick",
        "pick_link",
    }  # fmt: skip
    by_its_own_test = {"group_order_reopen"}
    pages = {name.split(":")[1] for name in MATRIX if name.startswith("marketplace:")}
    assert pages - readers_only - by_its_own_test == {step.page for step in STEPS.values()}


def test_only_an_organiser_reopens_a_closed_group_order(stage: Stage) -> None:
    from marketplace.grouporders import actions as grouporders

    clerk, at = stage.world.users["clerk"], stage.world.now
    for person in stage.open_order.participants.all():
        grouporders.choose(participant=person, quantities={stage.world.rice_pack.pk: 1}, at=at)
    grouporders.close_group_order(group_order=stage.open_order, by=clerk, at=at)
    typed = {"closes_at": "2026-11-26T08:00"}
    step = Step({Role.ORGANISER}, "group_order_reopen", of("open_order"), lambda s: typed)
    others = [role for role in ALL_ROLES if role != "organiser"]
    assert REFUSED in press(colleague(stage, others), step, stage)
    assert "open again" in press(visitor(stage, "clerk"), step, stage)


# The listings' screens in Wagtail's own admin: every address its view sets make.


def listing_arguments(stage: Stage) -> dict[str, Any]:
    """A value for every argument an address of the view sets can have, all real."""
    listing = stage.listing
    state = listing.current_workflow_state
    first = listing.revisions.order_by("pk").first()
    return {
        "pk": listing.pk,
        "revision_id": first.pk,
        "revision_id_a": first.pk,
        "revision_id_b": listing.latest_revision_id,
        "action_name": "approve",
        "task_state_id": state.current_task_state_id,
        "workflow_state_id": state.pk,
        "task_id": state.current_task_state.task_id,
    }


def view_set_addresses(stage: Stage) -> Iterator[tuple[str, str, bool]]:
    """(name, address, whether it names a listing) of every pattern of the listings' view set and of its chooser."""
    from marketplace.catalogue.models import Listing

    values = listing_arguments(stage)
    view_set = Listing.snippet_viewset
    for made in (view_set, view_set.chooser_viewset):
        space = getattr(made, "url_namespace", None) or view_set.get_admin_url_namespace()
        for pattern in made.get_urlpatterns():
            names = list(pattern.pattern.regex.groupindex)
            assert set(names) <= set(values), f"{pattern.name} has a new argument: give it a value above"
            arguments = {name: values[name] for name in names}
            yield pattern.name, reverse(f"{space}:{pattern.name}", kwargs=arguments), "pk" in names


def test_every_address_of_the_listings_view_set_hides_another_countys_listing(stage: Stage) -> None:
    foreign, operator = visitor(stage, "foreign-officer"), visitor(stage, "operator")
    wrong, seen = [], set()
    before = everything()
    for name, address, names_one in view_set_addresses(stage):
        seen.add(name)
        for method in ("get", "post"):
            answer = getattr(foreign, method)(address)
            if names_one and answer.status_code not in (403, 404, 405 if method == "post" else 404):
                wrong.append(f"{method} {name}: {answer.status_code}")
            if stage.listing.title in text_of(answer):
                wrong.append(f"{method} {name}: shows it")
        if operator.get(address).status_code == 404:
            wrong.append(f"{name}: not there even for the operator, so the test proves nothing")
    assert wrong == []
    assert everything() == before
    assert seen >= {"list", "edit", "inspect", "history", "usage", "choose", "chosen", "preview_on_edit", "unpublish"}
    assert seen >= {"workflow_action", "lock", "unlock", "revisions_revert", "revisions_compare", "delete"}


def test_the_countys_own_officer_reads_list_inspection_history_and_usage(stage: Stage) -> None:
    client = visitor(stage, "officer")
    addresses = {name: address for name, address, _one in view_set_addresses(stage)}
    for name in ("list", "list_results", "inspect", "history", "usage", "choose", "choose_results", "chosen"):
        answer = client.get(addresses[name])
        assert answer.status_code == 200, name
        assert stage.listing.title in text_of(answer), name


@pytest.mark.parametrize("action", ["delete", "publish", "unpublish"])
def test_bulk_actions_do_not_reach_another_countys_listing(stage: Stage, action: str) -> None:
    address = reverse("wagtail_bulk_action", args=["marketplace", "listing", action]) + f"?id={stage.listing.pk}"
    before = everything()
    for method in ("get", "post"):
        answer = getattr(visitor(stage, "foreign-officer"), method)(address)
        assert answer.status_code == 404, method
    assert everything() == before


LEFT_OUT = ("admin/logout", "admin/failwhale")  # ends the session; fails on purpose


def plain_admin_addresses() -> Iterator[str]:
    """Every address below /admin/ that takes no argument."""
    from django.urls import get_resolver
    from django.urls.resolvers import URLResolver

    def is_plain(here: str) -> bool:
        return here.startswith("admin/") and "(" not in here and not here.startswith(LEFT_OUT)

    def walk(resolver: Any, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            here = prefix + str(pattern.pattern).replace("^", "").replace("$", "").replace("\\Z", "")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, here)
            elif is_plain(here) and not pattern.pattern.regex.groups:
                yield f"/{here}"

    yield from sorted(set(walk(get_resolver(), "")))


def test_no_admin_screen_shows_a_foreign_officer_the_countys_listings_or_orders(stage: Stage) -> None:
    foreign, operator = visitor(stage, "foreign-officer"), visitor(stage, "operator")
    marks = [stage.listing.title, stage.order.reference, stage.union.name]
    wrong, shown = [], 0
    for address in plain_admin_addresses():
        text = text_of(foreign.get(address))
        wrong += [f"{address} shows {mark}" for mark in marks if mark in text]
        shown += stage.listing.title in text_of(operator.get(address))
    assert shown >= 3  # the operator does see it: the marks are the right ones
    assert wrong == []


def test_scan_and_roster_are_real_files() -> None:
    assert scan().content.startswith(b"\x89PNG")
    assert roster_file().startswith(b"PK")
