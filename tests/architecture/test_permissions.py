"""The permission matrix: every page, everybody who might open it, and no page without a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

import marketplace.backoffice.urls
import marketplace.urls
import vendors.urls
import website.urls
from marketplace.files import Kind, hold
from marketplace.grouporders.models import MemberChoice
from marketplace.workspace.private import DOCUMENTS
from tests.architecture.stage import Stage, came_in, everything, scan, stayed_out, text_of, visitor, went_home

pytestmark = pytest.mark.django_db


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


def colleague(stage: Stage) -> list[Any]:
    return [stage.union.slug, stage.world.users["store"].pk]


def participant(stage: Stage) -> list[Any]:
    return [stage.open_order.reference, stage.open_order.participants.order_by("pk").first().pk]


MACHINES = {
    "marketplace:stripe_webhook",  # known by a signature: tests/journeys/test_online_payment.py
    "marketplace:health",  # known by a token: tests/journeys/test_health.py
}

MATRIX = {
    # The storefront
    "marketplace:catalogue": Door(EVERYBODY),
    "marketplace:listing_detail": Door(EVERYBODY, of("listing", "slug")),
    "marketplace:campaign": Door(EVERYBODY, lambda stage: [stage.world.campaign.slug]),
    "marketplace:impact": Door(EVERYBODY),
    "marketplace:privacy": Door(EVERYBODY),
    "marketplace:ratings": Door(EVERYBODY, of("listing", "slug")),
    "marketplace:report_listing": Door(EVERYBODY, of("listing", "slug")),
    "marketplace:report_status": Door(EVERYBODY),
    "marketplace:switch_display": Door(EVERYBODY, button=True),
    "marketplace:switch_language": Door(EVERYBODY, button=True),
    "marketplace:suggestions": Door(EVERYBODY),
    "marketplace:calendar": Door(EVERYBODY),
    "marketplace:places": Door(EVERYBODY),
    "marketplace:place": Door(EVERYBODY, lambda stage: [stage.listing.origin.code]),
    "marketplace:vendors": Door(EVERYBODY),
    "marketplace:vendor": Door(EVERYBODY, lambda stage: [stage.listing.vendor.slug]),
    "marketplace:tell_wish": Door(EVERYBODY, button=True, typed=lambda stage: {"words": "荸荠"}),
    "marketplace:accessibility": Door(EVERYBODY),
    "marketplace:complaint_status": Door(EVERYBODY),
    "marketplace:styleguide": Door(set()),  # shown only where it is switched on: tests/browser/test_design.py
    # The buyers' workspace
    "marketplace:desk": Door(SIGNED_IN),
    "marketplace:mail_wishes": Door(SIGNED_IN),
    "marketplace:purchases": own(slug),
    "marketplace:people": own(slug),
    "marketplace:end_role": own(lambda s: [s.union.slug, s.union.memberships.first().pk], button=True),
    "marketplace:revoke_invitation": own(lambda s: [s.union.slug, s.invitation.pk], button=True),
    "marketplace:person": own(colleague),
    "marketplace:hand_over": own(colleague, button=True),
    "marketplace:leave": own(colleague, button=True),
    "marketplace:ask_recovery": own(colleague, button=True),
    "marketplace:cancel_hand_over": own(lambda s: [s.union.slug, s.handing.pk], button=True),
    "marketplace:unions": own(slug),
    "marketplace:ask_upper": own(slug, button=True),
    "marketplace:answer_upper": own(lambda s: [s.union.slug, s.asking.pk], button=True),
    "marketplace:set_share": own(slug, button=True),
    "marketplace:names": own(slug),
    "marketplace:recover": Door(EVERYBODY, lambda s: [s.recover_token]),
    "marketplace:delivery_point": own(lambda s: [s.union.slug, s.point.pk]),
    "marketplace:use_point": own(lambda s: [s.union.slug, s.point.pk], button=True),
    "marketplace:departments": own(slug),
    "marketplace:member": own(lambda s: [s.union.slug, s.union.members.order_by("pk").first().pk]),
    "marketplace:remove": own(participant, button=True),
    "marketplace:set_point": own(participant, button=True),
    "marketplace:requisition_points": own(of("basket_requisition")),
    "marketplace:join": Door(EVERYBODY, lambda s: [s.join_token]),
    "marketplace:sign_up": Door(EVERYBODY),
    "marketplace:my_data": Door(SIGNED_IN),
    "marketplace:download_my_data": Door(SIGNED_IN, button=True),
    "marketplace:ask_my_erasure": Door(SIGNED_IN, button=True),
    "marketplace:privacy_desk": own(slug),
    "marketplace:member_privacy": own(lambda s: [s.union.slug, s.leaver.pk]),
    "marketplace:download_member": own(lambda s: [s.union.slug, s.leaver.pk], button=True),
    "marketplace:erase_member": own(lambda s: [s.union.slug, s.leaver.pk], button=True),
    "marketplace:refuse_member_erasure": own(lambda s: [s.union.slug, s.leaver.pk], button=True),
    "marketplace:delivery_points": own(slug),
    "marketplace:own_impact": own(slug),
    "marketplace:ask_affiliation": own(slug, button=True),
    "marketplace:answer_affiliation": own(of("affiliation", "pk"), button=True),
    "marketplace:elsewhere_list": own(slug),
    "marketplace:new_elsewhere": own(slug),
    "marketplace:elsewhere_sheets": own(slug),
    "marketplace:elsewhere_template": own(slug),
    "marketplace:elsewhere_sheet": own(lambda s: [s.union.slug, s.sheet.pk]),
    "marketplace:elsewhere": own(of("elsewhere")),
    "marketplace:change_elsewhere": own(of("elsewhere_draft")),
    "marketplace:elsewhere_add_vouchers": own(of("elsewhere_draft"), button=True),
    "marketplace:elsewhere_submit": own(of("elsewhere_draft"), button=True),
    "marketplace:elsewhere_withdraw": own(of("elsewhere_draft"), button=True),
    "marketplace:elsewhere_remove_voucher": own(lambda s: [s.elsewhere_draft.vouchers.get().pk], button=True),
    "marketplace:roll": own(slug),
    "marketplace:roster_template": own(slug),
    "marketplace:roster_import": own(lambda s: [s.union.slug, s.roster.pk]),
    "marketplace:group_orders": own(slug),
    "marketplace:new_group_order": own(slug),
    "marketplace:group_order": own(of("open_order")),
    "marketplace:group_order_terms": own(of("draft_order")),
    "marketplace:group_order_offers": own(of("draft_order")),
    "marketplace:group_order_offer": Door(
        OWN, of("draft_order"), button=True, typed=lambda s: {"pack": s.world.tea_pack.pk}
    ),
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
    "marketplace:rate_line": own(lambda s: [s.order.reference, s.order.lines.get().pk]),
    "marketplace:accept_order": own(of("order")),
    "marketplace:cancel_order": own(of("order"), button=True),
    "marketplace:call_off": own(of("order")),
    "marketplace:correct_attribution": own(of("order")),
    "marketplace:certificate": own(of("order")),
    "marketplace:return_goods": own(of("order")),
    "marketplace:answer_cancellation": own(of("cancellation"), button=True),
    "marketplace:answer_return": own(of("goods_return"), button=True),
    "marketplace:receive": own(of("consignment")),
    "marketplace:invoice": own(of("invoice", "number")),
    "marketplace:payment_notice": own(of("invoice", "number")),
    "marketplace:pay_online": own(of("invoice", "number"), button=True),
    "marketplace:paid_online": own(of("checkout")),
    "marketplace:request_refund": own(of("invoice", "number")),
    "marketplace:use_held": Door(
        OWN, of("invoice", "number"), button=True, typed=lambda s: {"towards": s.invoice.number}
    ),
    "marketplace:reverse_payment": own(of("payment", "pk")),
    "marketplace:file": own(lambda s: [s.payment.voucher.token]),
    "marketplace:handout_list": own(of("handout")),
    "marketplace:file_signed_sheet": own(of("handout")),
    "marketplace:take_out_sheet": own(lambda s: [s.handout.reference, s.signed.pk], button=True),
    "marketplace:vouchers": own(lambda s: [s.extra["outing"].reference]),
    "marketplace:move_session": own(lambda s: [s.extra["outing"].reference]),
    "marketplace:answer_move": own(lambda s: [s.extra["move"].reference], button=True),
    "marketplace:issue_vouchers": own(lambda s: [s.extra["outing"].reference], button=True),
    # The member's way
    "marketplace:pick": Door({"member"}),
    "marketplace:member_data": Door({"member"}),
    "marketplace:download_member_data": Door({"member"}, button=True),
    "marketplace:ask_member_erasure": Door({"member"}, button=True),
    "marketplace:member_voucher": Door({"member"}, lambda s: [s.extra["voucher"].pk]),
    "marketplace:pick_link": Door(EVERYBODY, lambda s: [s.pick_token]),
    # The vendors' workspace
    "vendors:desk": Door(VENDORS),
    "vendors:orders": Door(VENDORS),
    "vendors:order": Door({"teaco"}, of("order")),
    "vendors:answer": Door({"teaco"}, of("order"), button=True),
    "vendors:dispatch": Door({"teaco"}, of("order"), button=True),
    "vendors:fapiao": Door({"teaco"}, of("order"), button=True),
    "vendors:void_fapiao": Door({"teaco"}, of("order")),
    "vendors:call_off": Door({"teaco"}, of("order")),
    "vendors:answer_cancellation": Door({"teaco"}, of("cancellation"), button=True),
    "vendors:answer_return": Door({"teaco"}, of("goods_return"), button=True),
    "vendors:dispatch_note": Door({"teaco"}, of("consignment")),
    "vendors:listings": Door(VENDORS),
    "vendors:new_listing": Door(VENDORS),
    "vendors:change_listing": Door({"teaco"}, of("listing", "pk")),
    "vendors:listing_part": Door({"teaco"}, lambda s: [s.listing.pk, "packs"]),
    "vendors:price_evidence": Door({"teaco"}, of("listing", "pk")),
    "vendors:withdraw_price_evidence": Door({"teaco"}, of("evidence", "pk"), button=True),
    "vendors:reports": Door(VENDORS),
    "vendors:report": Door({"teaco"}, of("report")),
    "vendors:ratings": Door(VENDORS),
    "vendors:answer_rating": Door({"teaco"}, of("rating", "pk"), button=True),
    "vendors:certificates": Door({"teaco"}, lambda s: [s.listing.vendor.slug]),
    "vendors:new_certificate": Door({"teaco"}, lambda s: [s.listing.vendor.slug]),
    "vendors:withdraw_certificate": Door({"teaco"}, lambda s: [s.listing.vendor.slug, s.certificate.pk], button=True),
    "vendors:listing_history": Door({"teaco"}, of("listing", "pk")),
    "vendors:submit_listing": Door({"teaco"}, of("listing", "pk"), button=True),
    "vendors:withdraw_listing": Door({"teaco"}, of("listing", "pk"), button=True),
    "vendors:freight": Door({"teaco"}, lambda s: [s.listing.vendor.slug]),
    "vendors:imports": Door({"teaco", "operator"}, lambda s: [s.listing.vendor.slug]),
    "vendors:import_template": Door({"teaco", "operator"}, lambda s: [s.listing.vendor.slug]),
    "vendors:export_listings": Door({"teaco", "operator"}, lambda s: [s.listing.vendor.slug]),
    "vendors:import": Door({"teaco", "operator"}, lambda s: [s.listing.vendor.slug, s.listing_import.pk]),
    "vendors:import_problems": Door({"teaco", "operator"}, lambda s: [s.listing.vendor.slug, s.listing_import.pk]),
    "vendors:undo_import": Door(
        {"teaco", "operator"}, lambda s: [s.listing.vendor.slug, s.listing_import.pk], button=True
    ),
    "vendors:sessions": Door({"teaco"}, lambda s: [s.extra["session"].listing_id]),
    "vendors:session": Door({"teaco"}, lambda s: [s.extra["session"].pk]),
    "vendors:move_session": Door({"teaco"}, lambda s: [s.extra["outing"].reference]),
    "vendors:answer_move": Door({"teaco"}, lambda s: [s.extra["move"].reference], button=True),
    "vendors:offer_session": Door({"teaco"}, lambda s: [s.extra["session"].pk], button=True),
    "vendors:hold_session_anyway": Door({"teaco"}, lambda s: [s.extra["session"].pk], button=True),
    "vendors:call_off_session": Door({"teaco"}, lambda s: [s.extra["session"].pk], button=True),
    "vendors:redeem": Door(VENDORS),
    "vendors:voucher": Door(VENDORS, lambda s: [s.extra["code"]]),
    "vendors:stock": Door({"teaco"}, lambda s: [s.listing.packs.get().pk], button=True),
    # The officers' screens
    "marketplace_backoffice:dashboard": Door(OFFICERS),
    "marketplace_backoffice:lines": Door(OFFICERS, lambda s: ["vendor", s.order.vendor_id]),
    "marketplace_backoffice:totals": Door(OFFICERS, lambda s: ["buyer"]),
    "marketplace_backoffice:totals_workbook": Door(OFFICERS, lambda s: ["buyer"]),
    "marketplace_backoffice:register": Door(OFFICERS, lambda s: ["2026-11"]),
    "marketplace_backoffice:register_lines": Door(OFFICERS, lambda s: [2026]),
    "marketplace_backoffice:orders": Door(OFFICERS),
    "marketplace_backoffice:order": Door({"officer", "operator"}, of("order")),
    "marketplace_backoffice:correct": Door({"operator"}, of("order")),
    "marketplace_backoffice:decide_correction": Door({"operator"}, of("correction"), button=True),
    "marketplace_backoffice:elsewhere_list": Door(OFFICERS),
    "marketplace_backoffice:elsewhere": Door({"operator"}, of("elsewhere")),
    "marketplace_backoffice:decide_elsewhere": Door({"operator"}, of("elsewhere"), button=True),
    "marketplace_backoffice:propose_voiding": Door({"operator"}, of("elsewhere"), button=True),
    "marketplace_backoffice:decide_voiding": Door(set(), of("elsewhere"), button=True),
    "marketplace_backoffice:queue": Door(OFFICERS),
    "marketplace_backoffice:after_looks": Door(OFFICERS),
    "marketplace_backoffice:after_look": Door({"officer", "operator"}, of("look", "pk")),
    "marketplace_backoffice:review": Door({"officer", "operator"}, of("listing", "pk")),
    "marketplace_backoffice:linkages": Door({"officer", "operator"}, of("listing", "pk")),
    "marketplace_backoffice:certificates": Door(OFFICERS),
    "marketplace_backoffice:certificate": Door({"officer", "operator"}, of("certificate", "pk")),
    "marketplace_backoffice:review_preview": Door({"officer", "operator"}, of("listing", "pk")),
    "marketplace_backoffice:delist": Door({"officer", "operator"}, of("listing", "pk")),
    "marketplace_backoffice:admit": Door({"officer", "operator"}, of("applicant", "pk"), button=True),
    "marketplace_backoffice:organisations": Door({"operator"}),
    "marketplace_backoffice:complaints": Door(OFFICERS),
    "marketplace_backoffice:reports": Door(OFFICERS),
    "marketplace_backoffice:report": Door({"officer", "operator"}, of("report")),
    "marketplace_backoffice:acknowledge_report": Door({"officer", "operator"}, of("report"), button=True),
    "marketplace_backoffice:reveal_reporter": Door({"officer", "operator"}, of("report"), button=True),
    "marketplace_backoffice:ratings": Door(OFFICERS),
    "marketplace_backoffice:decide_rating": Door({"officer", "operator"}, of("rating", "pk"), button=True),
    "marketplace_backoffice:wishes": Door(OFFICERS),
    "marketplace_backoffice:answer_complaint": Door(OFFICERS, of("complaint"), button=True),
    "marketplace_backoffice:changes": Door(OFFICERS),
    "marketplace_backoffice:organisation": Door({"operator"}, slug),
    "marketplace_backoffice:rename": Door({"operator"}, slug, button=True),
    "marketplace_backoffice:set_upper": Door({"operator"}, slug, button=True),
    "marketplace_backoffice:merge_into": Door({"operator"}, slug, button=True),
    "marketplace_backoffice:decide_merger": Door({"operator"}, of("merger", "pk"), button=True),
    "marketplace_backoffice:decide_recovery": Door({"operator"}, of("recovery", "pk"), button=True),
    "marketplace_backoffice:refunds": Door({"operator"}),
    "marketplace_backoffice:answer_refund": Door({"operator"}, of("refund"), button=True),
    "marketplace_backoffice:reconcile": Door({"operator"}),
    "marketplace_backoffice:health": Door({"operator"}),
    "marketplace_backoffice:run_clock_step": Door({"operator"}, button=True),
    "marketplace_backoffice:try_errand": Door({"operator"}, lambda s: [s.errand.pk], button=True),
    "marketplace_backoffice:privacy": Door({"operator"}),
    "marketplace_backoffice:decide_erasure": Door({"operator"}, of("account_erasure"), button=True),
}


def test_every_page_has_a_row_in_the_matrix() -> None:
    sets = {
        "marketplace": marketplace.urls.urlpatterns,
        "vendors": vendors.urls.urlpatterns,
        "marketplace_backoffice": marketplace.backoffice.urls.urlpatterns,
    }
    pages = {f"{space}:{pattern.name}" for space, patterns in sets.items() for pattern in patterns}
    assert pages - MACHINES == set(MATRIX)


def test_the_sites_addresses_are_the_ones_the_matrix_covers() -> None:
    roots = [str(pattern.pattern) for pattern in website.urls.urlpatterns]
    public = ["search/", "robots.txt", "sitemap.xml", "sitemap-<section>.xml", "feed/", "feed/rss/"]
    own = ["healthz", "readyz", "admin/", "documents/", "accounts/", "i18n/", *public, "demo/member/", "vendor/"]
    assert roots == [*own, "", ""]


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


@pytest.mark.parametrize("who", ["anonymous", "member", "rival", "riceco", "foreign-officer"])
def test_whoever_is_kept_out_changes_nothing(stage: Stage, who: str) -> None:
    client = visitor(stage, who)
    before = everything()
    for name, door in MATRIX.items():
        if who not in door.lets_in:
            address = reverse(name, args=door.args(stage))
            assert stayed_out(client.post(address, door.typed(stage))), name
    assert everything() == before


ADMIN_PAGES = [
    "wagtailadmin_home", "wagtailadmin_explore_root", "wagtailimages:index", "wagtailusers_users:index",
    "wagtailadmin_reports:site_history", "wagtailsettings", "wagtailadmin_account",
]  # fmt: skip


def admin_address(name: str) -> str:
    return "/admin/settings/" if name == "wagtailsettings" else reverse(name)


@pytest.mark.parametrize("who", sorted(set(PEOPLE) - OFFICERS))
def test_the_admin_opens_to_nobody_but_officers_and_editors(stage: Stage, who: str) -> None:
    client = visitor(stage, who)
    wrong = []
    for name in ADMIN_PAGES:
        answer = client.get(admin_address(name), follow=True)
        landed = answer.redirect_chain[-1][0] if answer.redirect_chain else admin_address(name)
        if landed.startswith("/admin/") and answer.status_code == 200 and "/login" not in landed:
            wrong.append(f"{name}: {answer.status_code} {landed}")
    assert wrong == []


@pytest.mark.parametrize("who", sorted(OFFICERS))
def test_the_admin_opens_to_officers(stage: Stage, who: str) -> None:
    assert visitor(stage, who).get("/admin/").status_code == 200


def test_a_document_is_not_reached_through_an_organisation_of_ones_own(stage: Stage) -> None:
    client = visitor(stage, "rival")
    union_person = stage.open_order.participants.order_by("pk").first().pk
    addresses = [
        reverse("marketplace:choose_for", args=[stage.rival_order.reference, union_person]),
        reverse("marketplace:revoke_link", args=[stage.rival_order.reference, union_person]),
        reverse("marketplace:roster_import", args=[stage.rival.slug, stage.roster.pk]),
        reverse("marketplace:elsewhere_sheet", args=[stage.rival.slug, stage.sheet.pk]),
        reverse("marketplace:end_role", args=[stage.rival.slug, stage.union.memberships.first().pk]),
    ]
    before = everything()
    assert [client.post(address).status_code for address in addresses] == [404] * 5
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


PRIVATE_FILES = {
    "a payment's voucher": (lambda s: s.payment.voucher, {"admin"}),
    "a receipt's photo": (lambda s: s.receipt.photo, {"admin"}),
    "evidence of a cancellation": (lambda s: s.cancellation.evidence, {"admin", "teaco"}),
    "evidence of a return": (lambda s: s.goods_return.evidence, {"admin", "teaco"}),
    "a roster as uploaded": (lambda s: s.roster.file, {"admin"}),
    "a signed sheet": (lambda s: s.signed.file, {"admin"}),
    "a file nobody has filed yet": (
        lambda s: hold(kind=Kind.VOUCHER, upload=scan(), by=s.world.users["admin"], at=s.world.now),
        set(),
    ),
}


# Beside the buyers' documents: what belongs to the market's honesty, each with a guard of its own.
OF_THE_MARKET = {
    "evidence of a price": (lambda s: s.evidence.paper, {"teaco", "officer", "operator"}),
    "evidence of a report": (lambda s: s.report.evidence, {"officer"}),
    "a picture of a rating": (lambda s: s.rating.pictures.get().file, {"admin", "officer"}),
}
FILES = PRIVATE_FILES | OF_THE_MARKET


@pytest.mark.parametrize(("file_of", "lets_in"), FILES.values(), ids=FILES.keys())
def test_a_private_file_opens_to_the_people_of_its_document_alone(
    stage: Stage, file_of: Callable[[Stage], Any], lets_in: set[str]
) -> None:
    address = reverse("marketplace:file", args=[file_of(stage).token])
    came = {who for who in PEOPLE if came_in(answer := visitor(stage, who).get(address)) and text_of(answer)}
    assert came == lets_in


def test_every_kind_of_private_file_that_documents_have_is_swept_above(stage: Stage) -> None:
    swept = {file_of(stage).kind for file_of, _lets_in in PRIVATE_FILES.values()}
    assert swept == set(DOCUMENTS)
