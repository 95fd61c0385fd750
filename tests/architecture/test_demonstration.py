"""The demonstration has a row for every state, filter and refusal of the road, and loads once however often it is asked."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Sum
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from marketplace.access.models import BarrierComplaint
from marketplace.allowances.models import Allowance, AllowanceEntry
from marketplace.backoffice.totals import TABLES, WHOLE_PLATFORM
from marketplace.catalogue.comparing import price_note
from marketplace.catalogue.decisions import AfterLook
from marketplace.catalogue.delistings import Delisting, ReEntry
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.freight_rules import FreightRule
from marketplace.catalogue.models import Category, Listing, ListingPicture, Pack, Stock, TaxRate
from marketplace.catalogue.prices import PriceChange
from marketplace.catalogue.sessions import ServiceSession
from marketplace.catalogue.tally import Narrowed, in_stock, make_tally
from marketplace.catalogue.wishes import most_missed
from marketplace.catalogue.words import SearchSynonym
from marketplace.errors import Refused
from marketplace.fulfilment.models import (
    OPEN,
    Acceptance,
    Cancellation,
    Consignment,
    GoodsReceipt,
    GoodsReturn,
    HandoutRow,
    SignedSheet,
)
from marketplace.fulfilment.vouchers import Voucher
from marketplace.grouporders.lifecycle import State as GroupOrderState
from marketplace.grouporders.models import GroupOrder, Package, PersonalLink
from marketplace.grouporders.selectors import what_does_not_fit
from marketplace.impact.elsewhere.importing import sheet_plan
from marketplace.impact.elsewhere.lifecycle import State as ElsewhereState
from marketplace.impact.elsewhere.models import ElsewhereImport, ElsewherePurchase, ElsewhereVoiding
from marketplace.impact.elsewhere.selectors import look_alikes
from marketplace.impact.models import ImpactEntry, Measure
from marketplace.impact.selectors import apart_of, figures_of, table
from marketplace.management.books import CHECKS
from marketplace.orders.actions import approve_requisition
from marketplace.orders.errors import BlockedByRule
from marketplace.orders.lifecycle import State
from marketplace.orders.models import BasketLine, PurchaseOrder, Requisition, RequisitionFinding
from marketplace.orders.selectors import basket_of, line_misfits, lines_of
from marketplace.parties import imports
from marketplace.parties.actions import office_day, roster_plan
from marketplace.parties.identifiers import is_valid
from marketplace.parties.models import (
    AccessLog,
    BuyerOrganisation,
    ErasureRequest,
    Member,
    OfficeMembership,
    Role,
    RosterImport,
    Vendor,
)
from marketplace.payments.models import Fapiao, Invoice, InvoiceAdjustment, Payment, Refund
from marketplace.payments.selectors import is_matched
from marketplace.programme.models import Campaign, Region
from marketplace.purchase.late import late_orders
from marketplace.purchase.place import place
from marketplace.purchase.timeline import STEPS
from marketplace.purchase.tracking import Tracking, still_wanted, track
from marketplace.ratings.models import Rating
from marketplace.ratings.selectors import invitations
from marketplace.reports.models import ListingReport
from marketplace.reports.selectors import overdue
from marketplace.storefront.blocks import PROSE, SHOWCASE
from marketplace.storefront.narrowing import Asked, shelves
from marketplace.storefront.published import Topic, models_of, pages_of
from marketplace.workspace.filters import STATES, OrderFilter
from vendors.listing.models import ListingImport
from vendors.listing.planning import import_plan

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def row_counts() -> dict[str, int]:
    """How many rows each table has; sessions and the like aside."""
    labels = ("marketplace", "vendors", "pages", "wagtailimages", "wagtailcore", "auth")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """The demonstration, loaded twice: the row counts after the first and after the second time.

    Each test's own transaction lies inside this one, so that all of them stand on one loading.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", verbosity=0)
            first = row_counts()
            call_command("load_demo", verbosity=0)
        yield first, row_counts()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _demonstration(loaded: Any) -> None:
    """Every test here stands on it."""


@pytest.fixture
def trackings() -> list[Tracking]:
    """The timelines of all orders."""
    orders = PurchaseOrder.objects.select_related("requisition__group_order", "organisation")
    return list(track(orders, today=office_day(timezone.now())).values())


def test_loading_twice_changes_nothing(loaded: tuple[dict[str, int], dict[str, int]]) -> None:
    first, second = loaded
    assert second == first
    assert first["marketplace.PurchaseOrder"] > 10


@pytest.mark.parametrize("name", CHECKS)
def test_its_books_are_content(name: str) -> None:
    assert list(CHECKS[name]()) == []


def test_it_is_as_large_as_promised() -> None:
    kinds = Counter(BuyerOrganisation.objects.values_list("kind", flat=True))
    assert Vendor.objects.count() >= 12
    assert set(Vendor.objects.values_list("kind", flat=True)) == set(Vendor.Kind.values)
    assert Listing.objects.published().count() >= 40
    assert kinds["trade_union"] >= 4
    assert kinds["social_organisation"] >= 2
    assert Member.objects.count() >= 120
    assert Listing.objects.published().filter(product__category__is_service=True).count() >= 2


def test_its_vendors_live_in_real_townships_and_villages() -> None:
    homes = Region.objects.filter(pk__in=Vendor.objects.values("home"))
    assert set(homes.values_list("level", flat=True)) == {Region.Level.TOWNSHIP, Region.Level.VILLAGE}
    assert {code[:6] for code in homes.values_list("code", flat=True)} == {"341523"}
    assert len({home.township_code for home in homes}) >= 8


def test_every_role_has_its_person_in_every_union() -> None:
    for union in BuyerOrganisation.objects.filter(kind="trade_union", merged_into=None):
        assert set(union.memberships.values_list("role", flat=True)) == set(Role.values), union


def test_a_wrong_check_digit_stands_among_the_right_ones() -> None:
    codes = [
        code
        for model in (BuyerOrganisation, Vendor)
        for code in model.objects.exclude(social_credit_code="").values_list("social_credit_code", flat=True)
    ]
    assert sum(not is_valid(code) for code in codes) == 1


# States


@pytest.mark.parametrize("state", GroupOrderState.values)
def test_a_group_order_stands_in_every_state(state: str) -> None:
    assert GroupOrder.objects.filter(state=state).exists()


@pytest.mark.parametrize("state", State.values)
def test_a_requisition_stands_in_every_state(state: str) -> None:
    assert Requisition.objects.filter(state=state).exists()


@pytest.mark.parametrize("state", Listing.State.values)
def test_a_listing_stands_in_every_state(state: str) -> None:
    assert [listing for listing in Listing.objects.with_review() if listing.state == state]


@pytest.mark.parametrize("key", STEPS)
def test_every_step_of_the_timeline_is_done_somewhere_and_waits_somewhere(key: str, trackings: list[Tracking]) -> None:
    states = {tracking.entry(key).state for tracking in trackings if key in {e.step.key for e in tracking.entries}}
    assert "done" in states
    assert key in ("place", "cancel") or states & {"next", "late"}


@pytest.mark.parametrize("state", ["done", "next", "late", "todo"])
def test_every_state_of_a_step_is_seen(state: str, trackings: list[Tracking]) -> None:
    assert any(entry.state == state for tracking in trackings for entry in tracking.entries)


@pytest.mark.parametrize("side", ["buyer", "vendor"])
def test_something_waits_for_either_side(side: str, trackings: list[Tracking]) -> None:
    assert any(tracking.open_for(side) for tracking in trackings)


def test_some_orders_are_completed_and_others_under_way(trackings: list[Tracking]) -> None:
    finished = [tracking for tracking in trackings if tracking.next is None]
    assert 0 < len(finished) < len(trackings)


@pytest.mark.parametrize("measure", Measure.values)
def test_every_measure_was_posted_and_something_was_taken_back(measure: str) -> None:
    entries = ImpactEntry.objects.filter(measure=measure)
    assert entries.filter(amount__gt=0).exists()
    assert entries.filter(amount__lt=0).exists()


@pytest.mark.parametrize("reason", InvoiceAdjustment.Reason.values)
def test_an_invoice_was_lowered_for_every_reason(reason: str) -> None:
    assert InvoiceAdjustment.objects.filter(reason=reason).exists()


@pytest.mark.parametrize("reason", ImpactEntry.Reason.values)
def test_impact_was_posted_for_every_reason(reason: str) -> None:
    assert ImpactEntry.objects.filter(reason=reason).exists()


@pytest.mark.parametrize("state", ElsewhereState.values)
def test_a_purchase_made_elsewhere_stands_in_every_state(state: str) -> None:
    assert ElsewherePurchase.objects.filter(state=state).exists()


@pytest.mark.parametrize("way", ["platform", "elsewhere", "helped"])
def test_every_way_of_buying_counts_apart(way: str) -> None:
    assert getattr(apart_of("vendor_county", "341523"), way)


def test_an_officer_has_purchases_to_check_that_resemble_each_other_and_one_to_void() -> None:
    waiting = ElsewherePurchase.objects.filter(state="submitted")
    assert any(look_alikes(row, own_only=True) for row in waiting)
    assert any(row.has_doubtful_code for row in waiting)
    assert {row.mode for row in waiting} == {"direct", "helped"}
    assert ElsewhereVoiding.objects.filter(agreed_at=None, refused_at=None).exists()
    assert set(ElsewherePurchase.objects.values_list("channel", flat=True)) >= {"832", "market", "phone"}


def test_a_sheet_was_entered_and_another_waits_with_rows_that_cannot_be_taken() -> None:
    assert ElsewhereImport.objects.get(applied_at__isnull=False).purchases.count() == 2
    plan = sheet_plan(ElsewhereImport.objects.get(applied_at=None), at=timezone.now())
    assert (len(plan.rows), plan.refused) == (3, 2)


@pytest.mark.parametrize("kind", AllowanceEntry.Kind.values)
def test_allowances_moved_in_every_way(kind: str) -> None:
    assert AllowanceEntry.objects.filter(kind=kind).exists()


def test_invoices_are_unpaid_part_paid_settled_and_overpaid() -> None:
    invoices = list(Invoice.objects.all())
    today = office_day(timezone.now())
    assert any(not row.amount_paid for row in invoices)
    assert any(row.amount_paid and row.amount_open for row in invoices)
    assert any(row.is_settled and not row.amount_overpaid for row in invoices)
    assert any(row.amount_overpaid for row in invoices)
    assert any(row.amount_open and row.due_on < today for row in invoices)
    assert any(row.amount_open and row.due_on >= today for row in invoices)


def test_goods_came_in_parts_short_damaged_with_a_photo_and_went_back() -> None:
    parts = PurchaseOrder.objects.annotate(count=Count("consignments")).filter(count__gt=1)
    received = GoodsReceipt.objects.aggregate(
        short=Sum("lines__quantity_short"), damaged=Sum("lines__quantity_damaged")
    )
    assert parts.exists()
    assert received["short"] > 0
    assert received["damaged"] > 0
    assert GoodsReceipt.objects.exclude(photo=None).exists()
    assert Consignment.objects.filter(receipt=None).exists()
    assert GoodsReturn.objects.exists()
    assert Acceptance.objects.exists()
    assert Payment.objects.exclude(voucher=None).exists()


def test_a_handout_list_is_filed_signed_and_people_asked_to_be_erased() -> None:
    sheet = SignedSheet.objects.select_related("file").first()
    assert sheet is not None
    assert sheet.file.content
    assert Member.objects.filter(erased_at__isnull=False).count() == 1
    waiting = ErasureRequest.objects.filter(done_at=None, refused_at=None)
    assert sorted(str(row.member is None) for row in waiting) == ["False", "True"]
    assert AccessLog.objects.exists()


def test_a_handout_list_is_ticked_whole_and_another_in_part() -> None:
    ticked = HandoutRow.objects.values("handout_list").annotate(rows=Count("pk"), handed=Count("handed_at"))
    shares = sorted(row["handed"] / row["rows"] for row in ticked)
    assert shares[-1] == 1
    assert 0 < shares[0] < 1


def test_a_group_order_offers_a_package_and_a_tier_was_reached() -> None:
    assert Package.objects.filter(group_order__state="open").exists()
    lines = Requisition.objects.filter(group_order__isnull=False).values_list(
        "lines__unit_price", "lines__pack__unit_price"
    )
    assert any(price < base for price, base in lines)


def test_a_campaign_is_part_way_to_its_target() -> None:
    campaign = Campaign.objects.get(slug="autumn-drive")
    done = figures_of("campaign", str(campaign.pk)).completed
    assert 0 < done.amount < campaign.target.amount.amount
    assert 10 <= done.amount * 100 // campaign.target.amount.amount <= 90


# Filters


def narrow(**query: str) -> Narrowed:
    asked, tally = Asked(query), make_tally()
    assert asked.form.is_valid(), asked.form.errors
    return Narrowed(tally, asked.wanted, in_stock=partial(in_stock, tally))


def narrowed(**query: str) -> int:
    return narrow(**query).count


QUERIES = {
    "words": {"q": "兰花"},
    "one character": {"q": "茶"},
    "season": {"month": "3"},
    "price from": {"price_min": "100"},
    "price to": {"price_max": "50"},
    "in stock": {"in_stock": "true"},
    "all at once": {"q": "茶", "month": "11", "price_max": "300", "in_stock": "true", "sort": "price"},
}


@pytest.mark.parametrize("query", QUERIES)
def test_every_filter_of_the_catalogue_finds_something_and_leaves_something_out(query: str) -> None:
    assert 0 < narrowed(**QUERIES[query]) < narrowed()


@pytest.mark.parametrize("facet", ["category", "township", "village", "month", "band", "kind", "what", "freight"])
def test_every_choice_of_a_facet_finds_what_it_counts(facet: str) -> None:
    everything = narrow()
    counts = everything.counts(facet)
    assert counts
    for value, count in counts.items():
        assert narrowed(**{facet: value}) == count
        assert 0 < count <= everything.count
    assert any(count < everything.count for count in counts.values())


def test_the_shelves_are_a_tree_and_every_synonym_finds_something() -> None:
    assert {depth for _slug, depth in shelves(make_tally())} == {0, 1}
    for row in SearchSynonym.objects.all():
        for word in row.words.split():
            assert narrowed(q=word), word


def test_officers_have_notes_of_what_is_missed() -> None:
    assert most_missed(count=1) == [("荸荠", 2)]
    assert not narrowed(q="荸荠")


def test_every_category_has_a_listing_and_every_month_something_on_offer() -> None:
    shelves = Category.objects.filter(children=None)
    listed = set(Listing.objects.published().values_list("product__category", flat=True))
    assert {shelf.pk for shelf in shelves} <= listed
    assert all(narrowed(month=str(month)) for month in range(1, 13))


def test_sorting_by_price_goes_up_and_down() -> None:
    found = Listing.objects.in_bulk()
    prices = [[found[key].price_from for key in narrow(sort=sort).keys(0, 99)] for sort in ("price", "-price")]
    assert prices[0] == sorted(prices[0])
    assert prices[1] == sorted(prices[1], reverse=True)
    assert prices[0][0] < prices[0][-1]


@pytest.mark.parametrize("state", [value for value, _label in STATES])
def test_every_filter_of_an_organisations_orders_finds_something_and_leaves_something_out(state: str) -> None:
    orders, organisation = PurchaseOrder.objects.all(), BuyerOrganisation.objects.first()
    found = OrderFilter({"state": state}, queryset=orders, organisation=organisation).qs
    assert 0 < found.count() < orders.count()


# Refusals


def test_more_was_chosen_than_there_is() -> None:
    misfits = [misfit for row in GroupOrder.objects.filter(state="open") for misfit in what_does_not_fit(row)]
    assert "stock" in {misfit.kind for misfit in misfits}


def test_a_basket_is_below_a_minimum_and_another_can_be_requested() -> None:
    baskets = [
        basket_of(row) for row in BuyerOrganisation.objects.filter(pk__in=BasketLine.objects.values("organisation"))
    ]
    kinds = [{misfit.kind for misfit in line_misfits(basket)} for basket in baskets]
    assert {"minimum"} in kinds
    assert set() in kinds


def test_a_vendor_is_late(trackings: list[Tracking]) -> None:
    late = [tracking for tracking in trackings if (step := tracking.open_for("vendor")) and step.state == "late"]
    assert {tracking.open_for("vendor").key for tracking in late} >= {"confirm", "dispatch"}


def test_the_database_finds_the_late_orders_that_the_timelines_find_whatever_day_it_is() -> None:
    orders = list(PurchaseOrder.objects.select_related("requisition__group_order", "organisation"))
    wanted = set(PurchaseOrder.objects.filter(still_wanted()).values_list("pk", flat=True))
    now, seen = office_day(timezone.now()), set()
    for today in (now + timedelta(days) for days in range(-60, 61)):
        rows = [row for row in track(orders, today=today).values() if row.is_late and row.order.pk in wanted]
        assert set(late_orders(today).values_list("pk", flat=True)) == {row.order.pk for row in rows}, today
        seen |= {row.next.key for row in rows if row.next}
    assert seen == set(STEPS) - {"place", "cancel"}


def test_members_are_at_their_cap() -> None:
    open_now = GroupOrder.objects.get(state="open")
    cheapest = min(offer.unit_price for offer in open_now.offers.all())
    spent = Allowance.objects.filter(occasion=open_now.reference, granted=F("held"))
    assert spent.exists()
    assert any(
        0 < row.remaining.amount < cheapest.amount for row in Allowance.objects.filter(occasion=open_now.reference)
    )


def test_members_would_pass_the_yearly_cap() -> None:
    waiting = RequisitionFinding.objects.filter(requisition__state="submitted")
    assert set(waiting.values_list("level", "grade")) >= {("warn", "B")}


def test_a_rule_blocks_a_purchase_until_somebody_signs_for_it() -> None:
    blocked = Requisition.objects.filter(state="submitted", findings__level="block").distinct().get()
    chair = blocked.organisation.memberships.filter(role="approver", ended_at=None)[0].user
    address = reverse("marketplace:requisition", args=[blocked.reference])
    client = Client(headers={"accept-language": "en"})
    client.force_login(chair, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).content.decode().count("blocks</span>") == 2
    with pytest.raises(BlockedByRule):
        approve_requisition(requisition=blocked, by=chair, at=timezone.now())
    approve_requisition(requisition=blocked, override_reason="区总工会已批", by=chair, at=timezone.now())
    assert "区总工会已批" in client.get(address).content.decode()


def test_a_listing_was_returned_with_a_reason() -> None:
    returned = [row for row in Listing.objects.with_review() if row.state == Listing.State.RETURNED]
    reasons = [row.workflow_states.order_by("-pk").first().current_task_state.comment for row in returned]
    assert returned
    assert all(reasons)


def test_a_requisition_was_returned_with_a_reason() -> None:
    returned = Requisition.objects.get(state="returned")
    assert returned.approvals.get(decision="returned").reason


def test_stock_went_between_approval_and_placing() -> None:
    approved = Requisition.objects.filter(state="approved")
    misfits = [{misfit.kind for misfit in line_misfits(list(lines_of(row)))} for row in approved]
    assert {"stock"} in misfits
    assert set() in misfits
    gone = approved[misfits.index({"stock"})]
    chair = gone.organisation.memberships.filter(role="approver").first().user
    with pytest.raises(Refused), transaction.atomic():
        place(requisition=gone, by=chair, at=timezone.now())


def test_a_personal_link_was_revoked_and_a_closed_group_order_has_links() -> None:
    links = PersonalLink.objects.all()
    assert links.filter(participant__group_order__state="open", revoked_at__isnull=False).exists()
    assert links.filter(participant__group_order__state="open", revoked_at=None).exists()
    assert links.filter(participant__group_order__state="closed", revoked_at=None).exists()
    assert links.values("participant__group_order__organisation").distinct().count() >= 2


def test_somebody_who_requested_could_be_tempted_to_approve() -> None:
    waiting = Requisition.objects.filter(state="submitted", requested_by__isnull=False)
    both = [
        row
        for row in waiting
        if row.organisation.memberships.filter(user=row.requested_by, role="approver", ended_at=None).exists()
    ]
    assert both


def test_a_roster_waits_with_rows_of_every_kind() -> None:
    waiting = RosterImport.objects.filter(applied_at=None)
    plans = [roster_plan(row, at=timezone.now()) for row in waiting]
    outcomes = {change.outcome for plan in plans for change in plan.changes}
    assert outcomes >= {"new", "changed", "unchanged", "refused"}
    assert isinstance(plans[0], imports.Plan)


def test_an_accepted_order_waits_for_its_fapiao() -> None:
    assert PurchaseOrder.objects.filter(~is_matched(), acceptance__amount__gt=0).exists()


@pytest.mark.parametrize("model", [Cancellation, GoodsReturn])
def test_consent_is_waited_for_and_was_given(model: Any) -> None:
    assert model.objects.filter(OPEN).exists()
    assert model.objects.filter(agreed_at__isnull=False, proposed_by__isnull=False).exists()


def test_goods_went_back_in_every_way() -> None:
    assert GoodsReturn.objects.filter(returned_at__isnull=False).exists()
    assert GoodsReturn.objects.filter(refused_at__isnull=False).exclude(refusal="").exists()
    assert GoodsReturn.objects.filter(replaced_at__isnull=False, arrived_at=None).exists()


def test_money_went_back_and_waits_to_go_back() -> None:
    assert Refund.objects.filter(done_at__isnull=False).exists()
    assert Refund.objects.filter(done_at=None, failed_at=None).exists()
    assert Payment.objects.filter(reversed_at__isnull=False).exists()
    assert Fapiao.objects.filter(voided_at__isnull=False).exists()


def test_vendors_ask_for_freight_in_different_ways() -> None:
    rules = [rule.areas for rule in FreightRule.objects.in_force()]
    assert len({tuple(areas) for areas in rules}) >= 3
    assert any(area.free_from for areas in rules for area in areas)
    assert any(not area.is_delivered for areas in rules for area in areas)
    assert Vendor.objects.exclude(admitted_at=None).filter(freight_rules=None).exists()  # delivers free


@pytest.mark.parametrize("rate", TaxRate.values)
def test_a_published_listing_has_every_tax_rate(rate: str) -> None:
    assert Listing.objects.published().filter(tax_rate=rate).exists()


def test_every_pack_of_goods_has_a_weight_and_no_service_has_one() -> None:
    packs = Pack.objects.filter(listing__product__category__is_service=False)
    assert not packs.filter(weight_grams=0).exists()
    assert not Pack.objects.filter(listing__product__category__is_service=True, weight_grams__gt=0).exists()


def test_freight_fell_at_an_answer_and_is_shared_by_value_and_by_weight() -> None:
    assert PurchaseOrder.objects.filter(freight__gt=0, freight__lt=F("freight_quoted")).exists()
    ways = GroupOrder.objects.filter(requisitions__orders__freight__gt=0).values_list("freight_shared_by", flat=True)
    assert set(ways) == {"value", "weight"}
    assert Requisition.objects.filter(state="submitted", freight__gt=0).exists()


def test_a_vendor_waits_for_admission_and_its_listing_stays_a_draft() -> None:
    waiting = Vendor.objects.get(admitted_at=None)
    assert {listing.state for listing in waiting.listings.all()} == {Listing.State.DRAFT}


def test_a_sold_out_listing_stands_in_the_catalogue() -> None:
    published = Listing.objects.published()
    assert published.exclude(pk__in=published.in_stock()).exists()
    assert Stock.objects.filter(on_hand=F("reserved")).exists()


def test_an_officer_of_another_county_has_a_seat_and_sees_nothing() -> None:
    seat = OfficeMembership.objects.get(user__username="officer-jinzhai")
    assert seat.region.code not in {"341523", "341802"}
    client = Client()
    client.force_login(seat.user)
    text = client.get(reverse("marketplace_backoffice:orders")).content.decode()
    assert not any(reference in text for reference in PurchaseOrder.objects.values_list("reference", flat=True))


FIGURE = re.compile(r'<a href="([^"]*/lines/[^"]*)">(?:<b>)?(-?¥[\d,.]+)(?:</b>)?')
THIS_MONTH = "?since={month}&until={month}"


@pytest.mark.parametrize(
    ("username", "period"),
    [("operator", ""), ("officer-shucheng", ""), ("officer-xuanzhou", THIS_MONTH), ("officer-jinzhai", THIS_MONTH)],
)
def test_every_figure_of_the_dashboard_opens_lines_that_add_up_to_it(username: str, period: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username=username))
    address = reverse("marketplace_backoffice:dashboard") + period.format(month=f"{timezone.localdate():%Y-%m}")
    found = FIGURE.findall(client.get(address).content.decode())
    assert len(found) > 50 or username == "officer-jinzhai"
    assert {link.split("/lines/")[1].split("/")[0] for link, _said in found} >= WHOLE_PLATFORM
    for link, said in found:
        page = client.get(unescape(link))
        listed, outside = page.context["sum"], page.context["outside"]
        assert str(listed + outside) == said, link
        assert not outside or page.content.decode().count(f"holds {outside} more") == 1
        assert not outside or (username != "operator" and link.split("/lines/")[1].split("/")[0] in MAY_LIE_OUTSIDE)


MAY_LIE_OUTSIDE = WHOLE_PLATFORM | {"campaign"}


@pytest.mark.parametrize("dimension", TABLES)
def test_a_table_of_the_dashboard_leads_to_all_its_rows_on_a_page_and_in_a_sheet(
    dimension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.backoffice.dashboard.ROWS_SHOWN", 2)
    monkeypatch.setattr("marketplace.backoffice.totals.ROWS_A_PAGE", 3)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="operator"))
    translation.activate("en")  # as the officer reads
    everything = [row.name for row in table(dimension, everywhere=True)]
    dashboard = client.get(reverse("marketplace_backoffice:dashboard"))
    shown = next(row for row in dashboard.context["tables"] if row[0] == dimension)
    assert (len(shown[2]), shown[3]) == (2, len(everything))
    assert f"2 of {len(everything)} rows; show all" in dashboard.content.decode()
    address, read = reverse("marketplace_backoffice:totals", args=[dimension]), []
    for number in range(1, -(-len(everything) // 3) + 1):
        page = client.get(address, {"page": number})
        read += [row.name for row in page.context["page_obj"]]
    assert read == everything
    book = load_workbook(io.BytesIO(client.get(f"{address}workbook/").content)).active
    rows = list(book.iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in rows] == everything
    assert sum(row[7] for row in rows) == pytest.approx(
        float(sum(row.apart.together.amount for row in table(dimension, everywhere=True))) / 100
    )


def test_late_orders_on_the_dashboard_lead_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.backoffice.dashboard.LATE_SHOWN", 1)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="operator"))
    late = list(late_orders(office_day(timezone.now())).values_list("reference", flat=True))
    assert len(late) > 1
    page = client.get(reverse("marketplace_backoffice:dashboard"))
    assert [row.order.reference for row in page.context["late"]] == late[:1]
    assert f"1 of {len(late)} late orders; show all" in page.content.decode()
    address = reverse("marketplace_backoffice:orders")
    assert f'href="{address}?late=on"' in page.content.decode()
    rows = client.get(f"{address}?late=on").context["rows"]
    assert [row.order.reference for row in rows] == late[:30]
    assert all(row.is_late for row in rows)


# Pages of editors


@pytest.mark.parametrize(
    "kind",
    [
        "home",
        "section",
        "campaign",
        "village",
        "story",
        "notice_list",
        "notice",
        "help",
        "rules",
        "rules_edition",
        "standard",
    ],
)
def test_every_kind_of_page_is_there_and_opens(kind: str) -> None:
    pages = [page for pages in pages_of(kind) for page in pages]
    assert pages
    for page in pages:
        answer = Client(headers={"accept-language": "zh-CN"}).get(page.url)
        assert (answer.status_code, page.url) == (200, page.url)


def test_every_block_and_every_topic_of_help_is_shown() -> None:
    bodies = [
        page.body
        for kind in ("home", "campaign", "village", "story", "notice", "standard")
        for pages in pages_of(kind)
        for page in pages
    ]
    used = {block.block_type for body in bodies for block in body}
    assert used == {name for name, _block in [*PROSE, *SHOWCASE]}
    assert {page.topic for pages in pages_of("help") for page in pages} == set(Topic.values)
    assert {page.category for pages in pages_of("notice") for page in pages} >= {
        "policy",
        "notice",
        "publicity",
        "figures",
    }


def test_one_campaign_has_ended_and_was_summed_up() -> None:
    today = office_day(timezone.now())
    (ended,) = [page for pages in pages_of("campaign") for page in pages.filter(campaign__ends_on__lte=today)]
    assert ended.outcome
    assert figures_of("campaign", str(ended.campaign_id)).completed.amount > 0


def test_a_change_of_the_rules_is_announced_today() -> None:
    (rules,) = [page for pages in pages_of("rules") for page in pages]
    standing = rules.standing(office_day(timezone.now()))
    assert standing.in_force is not None
    assert len(standing.coming) == 1


def test_a_page_waits_for_the_moderator_and_another_is_a_draft() -> None:
    drafts = [page for pages in pages_of_all("story") for page in pages.filter(live=False)]
    assert sorted(page.workflow_in_progress for page in drafts) == [False, True]


def pages_of_all(kind: str) -> list[Any]:
    """Published or not."""
    return [model.objects.all() for model in models_of(kind)]


# Pictures and sign-ins


def test_every_picture_has_its_words_and_its_credit() -> None:
    pictures = list(ListingPicture.objects.select_related("image", "listing"))
    assert [str(row.listing) for row in pictures if not (row.alt_text.strip() and row.credit.strip())] == []
    assert {row.listing_id for row in pictures} >= set(Listing.objects.published().values_list("pk", flat=True))
    assert all(min(row.image.width, row.image.height) >= 480 for row in pictures)


def test_every_picture_file_has_its_words_in_both_languages_and_its_credit() -> None:
    from website.demo.data import PICTURES, picture_credits

    rows = picture_credits().values()
    assert {path.name for path in PICTURES.glob("*.webp")} == {row["file"] for row in rows}
    assert all(row["alt_zh"] and row["alt_en"] and row["credit"] for row in rows)


def test_every_sign_in_that_is_shown_works_and_lands_on_a_page() -> None:
    from website.demo.people import sign_in_list

    for row in sign_in_list():
        person = authenticate(username=row.username, password=row.password)
        assert person is not None, row.username
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("marketplace:desk"), follow=True).status_code == 200, row.username


# Whose next task is waiting in the middle of the page they land on, in a sentence of it.
WAITING = {
    "yanchun": r"Mend the returned listing \S+ returned",
    "officer-shucheng": r"Waits for you Review the listing：\S+ .*Admit the vendor：龙骨村股份经济合作社（示范） .* Totals",
    "minzheng-clerk": r"this is what waits for you\. Choose what is offered, then open the group order 新春会员慰问品 ·",
    "xiaoxue-clerk": r"this is what waits for you\. .*\d+ of 18 members have chosen 新年教职工慰问品 · .* by \d",
    "minzheng-chair": r"this is what waits for you\. Approve or return the requisition 冬至会员慰问品 · ¥[\d,.]+ ·",
    "fuliyuan-chair": r"this is what waits for you\. Place the orders canteen · ¥[\d,.]+ ·",
    "shuangtang": r"Send the goods \S+ · PO-\S+ · ¥[\d,.]+ late since \d",
    "shitang": r"late things first\. New listing Answer the order \S+ · PO-\S+ · ¥[\d,.]+ late since \d",
    "shuiyang-admin": r"this is what waits for you\. .*Receive the consignment 秋收慰问 · 三元山货行（示范） · .* by \d",
    "fuliyuan-admin": r"this is what waits for you\. Pay the invoice 重阳节职工慰问 · INV-\S+ · .* late since \d",
    "qingteng-clerk": r"this is what waits for you\. Request what is in the basket Basket · 宣州区青藤志愿服务协会（示范）",
}


def middle_of(answer: Any) -> str:
    """What stands in the page's main part, each run of spaces as one."""
    main = BeautifulSoup(answer.content.decode(), "html.parser").find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


@pytest.mark.parametrize("username", WAITING)
def test_each_role_lands_where_its_next_task_is_waiting(username: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    with translation.override("en"):
        text = middle_of(client.get(reverse("marketplace:desk"), follow=True))
    assert re.search(WAITING[username], text), text


@override_settings(DEMO=True)
def test_the_members_button_opens_the_pick_page_of_somebody_who_has_not_chosen() -> None:
    client = Client(headers={"accept-language": "en"})
    assert f'action="{reverse("demo_member")}"' in client.get(reverse("account_login")).content.decode()
    assert client.get(reverse("demo_member")).status_code == 405  # a preview of the link lets nobody in
    page = client.post(reverse("demo_member"), follow=True)
    participant = page.context["participant"]
    assert page.redirect_chain[-1][0] == reverse("marketplace:pick")
    assert participant.group_order.state == "open"
    assert not participant.choices.exists()
    text = middle_of(page)
    assert participant.group_order.title in text
    offer = participant.group_order.offers.order_by("unit_price").first()
    assert offer.pack.listing.title in text
    client.post(reverse("marketplace:pick"), {f"q{offer.pack_id}": offer.pack.minimum_quantity})
    assert participant.choices.filter(replaced_at=None).get().lines.get().pack_id == offer.pack_id


@override_settings(DEMO=False)
def test_outside_a_demonstration_the_members_button_opens_nothing() -> None:
    assert Client().post(reverse("demo_member")).status_code == 404


def test_there_are_complaints_about_barriers_answered_waiting_and_late() -> None:
    today = office_day(timezone.now())
    rows = BarrierComplaint.objects.all()
    assert rows.filter(answered_at__isnull=False).count() == 1
    assert rows.filter(answered_at=None, due_on__lt=today).count() == 1
    assert rows.filter(answered_at=None, due_on__gte=today).count() == 1


def test_prices_have_moved_and_some_are_proven_by_links_and_by_papers() -> None:
    moved = PriceChange.objects.values("listing").annotate(count=Count("pk")).filter(count__gt=2)
    assert moved.count() >= 2
    assert PriceEvidence.objects.exclude(link="").exists()
    assert PriceEvidence.objects.exclude(paper=None).exists()
    oil = Listing.objects.get(slug="yanchun-camellia-oil")
    note = price_note(oil, on=office_day(timezone.now()))
    assert note.market is not None
    assert note.past is not None
    assert note.past.previous is not None


def test_a_report_stands_in_every_state_with_every_outcome_and_one_is_late() -> None:
    rows = ListingReport.objects.all()
    assert {row.state for row in rows} == set(ListingReport.State)
    assert {row.outcome for row in rows} == {"", *ListingReport.Outcome.values}
    assert overdue(rows, office_day(timezone.now())).exists()
    assert rows.filter(answered_at__isnull=False, decided_at=None).exists()
    assert rows.exclude(made_by=None).exists()
    assert rows.exclude(contact="").exists()


def test_ratings_are_answered_pictured_hidden_and_marked_and_one_can_still_be_given() -> None:
    rows = Rating.objects.all()
    assert rows.exclude(answer="").exists()
    assert rows.filter(pictures__image__isnull=False).exists()
    assert rows.filter(hidden_at__isnull=False).count() == 1
    assert rows.filter(returned_at__isnull=False).count() == 1
    buyers = BuyerOrganisation.objects.values_list("pk", flat=True)
    assert invitations(buyers, at=timezone.now())


def test_a_small_edit_a_second_review_a_re_entry_and_a_delisting_wait() -> None:
    assert AfterLook.objects.filter(looked_at=None).exists()
    assert Listing.objects.filter(live=True, workflow_states__status="in_progress").exists()
    assert ReEntry.objects.filter(answered_at=None).exists()
    assert Delisting.objects.standing().exclude(evidence=None).exists()


def test_one_import_can_be_confirmed_and_one_has_problems() -> None:
    plans = [import_plan(row, at=timezone.now()).counts for row in ListingImport.objects.order_by("pk")]
    assert plans == [
        {"new": 1, "changed": 2, "unchanged": 0, "refused": 0},
        {"new": 0, "changed": 0, "unchanged": 0, "refused": 2},
    ]


@pytest.mark.parametrize("state", ServiceSession.State.values)
def test_a_session_stands_in_every_state(state: str) -> None:
    today = office_day(timezone.now())
    sessions = ServiceSession.objects.select_related("capacity")
    assert [session for session in sessions if session.state_on(today) == state]


@pytest.mark.parametrize("state", [state for state in Voucher.State.values if state != Voucher.State.UNISSUED])
def test_a_voucher_stands_in_every_state(state: str) -> None:
    today = office_day(timezone.now())
    assert [voucher for voucher in Voucher.objects.all() if voucher.state_on(today) == state]
