"""Registers the officers' screens, their log actions and their gate with Wagtail; ``backoffice/`` behaves."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import VERSION, hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from .backoffice import urls as backoffice_urls
from .backoffice.chooser import NoBulkDelete
from .backoffice.groundwork import GroundworkGroup
from .backoffice.listings import ListingViewSet
from .backoffice.policy import CountyPolicy
from .backoffice.scope import scope_of
from .catalogue.models import Listing
from .parties.selectors import counties_of
from .storefront.choosers import CHOOSERS

if VERSION >= (8,):
    from wagtail.permissions import register_permission_policy

    register_permission_policy(Listing, CountyPolicy(Listing))
register_snippet(ListingViewSet)
hooks.register("register_bulk_action", NoBulkDelete, order=1)  # after Wagtail's own, which it replaces for listings

LOG_ACTIONS = {
    "file_complaint": _("Accessibility complaint received"),
    "answer_complaint": _("Accessibility complaint answered"),
    "file_report": _("Report of a price or product received"),
    "acknowledge_report": _("Report taken up"),
    "answer_report": _("Report answered by the vendor"),
    "decide_report": _("Report decided"),
    "enter_price_evidence": _("Evidence of a price entered"),
    "withdraw_price_evidence": _("Evidence of a price taken back"),
    "rate": _("Goods rated"),
    "answer_rating": _("Rating answered by the vendor"),
    "hide_rating": _("Rating hidden"),
    "show_rating": _("Rating shown again"),
    "tell_wish": _("Produce that is missed told"),
    "grant_roles": _("Roles granted"),
    "end_role": _("Role ended"),
    "invite": _("Invited"),
    "revoke_invitation": _("Invitation revoked"),
    "admit_vendor": _("Vendor admitted"),
    "seat_vendor": _("Person seated at a vendor"),
    "apply_roster": _("Roster applied"),
    "submit_listing": _("Listing submitted"),
    "publish_listing": _("Listing published after review"),
    "return_listing": _("Listing returned to its vendor"),
    "withdraw_listing": _("Listing withdrawn"),
    "publish_at_once": _("Small edit of a listing published at once"),
    "look_after": _("Small edit of a listing looked at"),
    "delist_listing": _("Listing delisted"),
    "ask_reentry": _("Re-entry of a listing asked for"),
    "readmit_listing": _("Listing admitted again"),
    "import_listings": _("Listings imported"),
    "undo_import": _("Import of listings undone"),
    "set_stock": _("Stock counted"),
    "open_session": _("Session opened"),
    "change_session": _("Places of a session changed"),
    "close_session": _("Booking of a session closed"),
    "call_off_session": _("Session called off"),
    "propose_move": _("Move to another session asked for"),
    "move_booking": _("Booking moved to another session"),
    "hold_session_anyway": _("Session held with fewer persons"),
    "issue_vouchers": _("Vouchers issued"),
    "void_vouchers": _("Vouchers made void"),
    "redeem_voucher": _("Voucher redeemed"),
    "pause_listing": _("Listing paused for want of a certificate"),
    "resume_listing": _("Listing no longer paused"),
    "enter_certificate": _("Certificate entered"),
    "confirm_certificate": _("Certificate confirmed"),
    "refuse_certificate": _("Certificate refused"),
    "withdraw_certificate": _("Certificate taken back"),
    "check_linkage": _("Farmer linkage checked"),
    "create_group_order": _("Group order prepared"),
    "open_group_order": _("Group order opened"),
    "issue_links": _("Personal links issued"),
    "revoke_links": _("Personal links revoked"),
    "close_group_order": _("Group order closed"),
    "cancel_group_order": _("Group order called off"),
    "reopen_group_order": _("Group order opened again"),
    "draft_requisition": _("Requisition drafted"),
    "submit_requisition": _("Requisition submitted"),
    "requisition_approved": _("Requisition approved"),
    "requisition_returned": _("Requisition returned"),
    "cancel_requisition": _("Requisition cancelled"),
    "place": _("Order placed"),
    "answer": _("Order answered by the vendor"),
    "cancel_order": _("Order cancelled, whole or in part"),
    "propose_cancellation": _("Cancellation asked for"),
    "propose_return": _("Return asked for"),
    "refuse_proposal": _("Cancellation, return or move refused"),
    "withdraw_proposal": _("Cancellation or return withdrawn"),
    "send_replacement": _("Replacement sent"),
    "take_replacement": _("Replacement received"),
    "reverse_payment": _("Payment reversed"),
    "open_checkout": _("Payment page opened"),
    "request_refund": _("Refund asked for"),
    "finish_refund": _("Refund paid"),
    "fail_refund": _("Refund failed"),
    "sign_up": _("Signed up to buy privately"),
    "add_delivery_point": _("Delivery point added"),
    "set_freight_rule": _("Freight rule changed"),
    "ask_affiliation": _("Asked to count for an organisation"),
    "confirm_affiliation": _("Counting for the organisation confirmed"),
    "end_affiliation": _("Counting for the organisation ended"),
    "propose_correction": _("Correction of attribution asked for"),
    "agree_correction": _("Attribution corrected"),
    "refuse_correction": _("Correction of attribution refused"),
    "enter_elsewhere": _("Purchase made elsewhere entered"),
    "mend_elsewhere": _("Purchase made elsewhere changed"),
    "submit_elsewhere": _("Purchase made elsewhere submitted"),
    "return_elsewhere": _("Purchase made elsewhere returned"),
    "confirm_elsewhere": _("Purchase made elsewhere confirmed"),
    "withdraw_elsewhere": _("Purchase made elsewhere withdrawn"),
    "propose_voiding": _("Voiding of a purchase made elsewhere asked for"),
    "refuse_voiding": _("Voiding of a purchase made elsewhere refused"),
    "void_elsewhere": _("Purchase made elsewhere voided"),
    "ask_upper": _("Upper union asked"),
    "agree_upper": _("Upper union agreed"),
    "end_upper": _("Tie to the upper union ended"),
    "declare_share": _("Reserved share declared"),
    "rename": _("Another name recorded"),
    "arrange_hand_over": _("Hand-over arranged"),
    "hand_over": _("Roles handed over"),
    "cancel_hand_over": _("Hand-over cancelled"),
    "leave": _("Left the organisation"),
    "take_off_roll": _("Member taken off the roll"),
    "remove_participant": _("Member taken out of a group order"),
    "propose_merger": _("Merger proposed"),
    "confirm_merger": _("Merger confirmed"),
    "withdraw_merger": _("Merger withdrawn"),
    "merge": _("Organisations merged"),
    "ask_recovery": _("Account recovery asked for"),
    "confirm_recovery": _("Account recovery confirmed"),
    "close_recovery": _("Account recovery refused or ended"),
    "recover": _("Account recovered"),
    "change_delivery_point": _("Delivery point changed"),
    "default_delivery_point": _("Delivery point used by default"),
    "end_delivery_point": _("Delivery point used no longer"),
    "arrange_departments": _("Departments arranged"),
    "set_point": _("Place to collect chosen"),
    "split_over_points": _("Quantities for each place set"),
    "void_fapiao": _("Fapiao voided"),
    "dispatch": _("Consignment dispatched"),
    "receive": _("Consignment received"),
    "accept": _("Goods accepted"),
    "take_back": _("Goods sent back"),
    "make_handout_list": _("Hand-out list made"),
    "hand_out": _("Hand-out list ticked"),
    "record_payment": _("Payment recorded"),
    "match_fapiao": _("Fapiao matched"),
    "try_again": _("Errand tried again"),
    "keep_mail_wish": _("Mail to oneself arranged"),
    "keep_signed_sheet": _("Signed hand-out list filed"),
    "take_out_signed_sheet": _("Signed hand-out list taken out"),
    "ask_erasure": _("Erasure asked for"),
    "refuse_erasure": _("Erasure refused"),
    "erase_member": _("Member erased"),
    "erase_account": _("Account erased"),
}


@hooks.register("register_snippet_listing_buttons")
def shelf_button(snippet: Any, user: Any, next_url: str | None = None) -> list[Any]:
    """From a listing to its delistings and reviews, and to taking it off the shelf."""
    if not isinstance(snippet, Listing):
        return []
    address = reverse("marketplace_backoffice:delist", args=[snippet.pk])
    return [Button(_("On and off the shelf"), address, icon_name="tag", priority=15)]


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Every action of the road under its name in the reader's language."""
    for name, label in LOG_ACTIONS.items():
        actions.register_action(f"marketplace.{name}", label, label)


@hooks.register("register_admin_viewset")
def groundwork() -> GroundworkGroup:
    """The operator's screens for what everything else stands on."""
    return GroundworkGroup()


@hooks.register("register_admin_viewset")
def editors_choosers() -> list[Any]:
    """What editors choose from for their pages."""
    return list(CHOOSERS.values())


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    """The officers' screens below ``/admin/marketplace/``."""
    return [path("marketplace/", include(backoffice_urls))]


class OfficerMenuItem(MenuItem):
    """Shown to officers and the operator only."""

    def is_shown(self, request: HttpRequest) -> bool:
        known = request.__dict__.get("is_officer")
        if known is None:  # every item asks: once is enough
            known = request.__dict__["is_officer"] = request.user.is_superuser or bool(counties_of(request.user))
        return bool(known)


class OperatorMenuItem(MenuItem):
    """Shown to the operator only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_admin_menu_item")
def dashboard_item() -> MenuItem:
    return OfficerMenuItem(
        _("Purchases and impact"), reverse("marketplace_backoffice:dashboard"), icon_name="view", order=200
    )


@hooks.register("register_admin_menu_item")
def orders_item() -> MenuItem:
    return OfficerMenuItem(_("Orders"), reverse("marketplace_backoffice:orders"), icon_name="list-ul", order=205)


@hooks.register("register_admin_menu_item")
def queue_item() -> MenuItem:
    """Where officers find what waits for a review."""
    return OfficerMenuItem(
        _("Listings in review"), reverse("marketplace_backoffice:queue"), icon_name="check", order=204
    )


@hooks.register("register_admin_menu_item")
def elsewhere_item() -> MenuItem:
    """Where officers check what was bought outside this platform."""
    return OfficerMenuItem(
        _("Purchases made elsewhere"), reverse("marketplace_backoffice:elsewhere_list"), icon_name="form", order=206
    )


@hooks.register("register_admin_menu_item")
def certificates_item() -> MenuItem:
    """Where officers confirm what vouches for a listing."""
    return OfficerMenuItem(
        _("Certificates"), reverse("marketplace_backoffice:certificates"), icon_name="doc-full", order=211
    )


@hooks.register("register_admin_menu_item")
def complaints_item() -> MenuItem:
    """Where officers answer those whom a page kept out."""
    return OfficerMenuItem(
        _("Accessibility complaints"), reverse("marketplace_backoffice:complaints"), icon_name="comment", order=206
    )


@hooks.register("register_admin_menu_item")
def reports_item() -> MenuItem:
    """Where officers decide whether a price or an offer is honest."""
    return OfficerMenuItem(
        _("Reports of prices and goods"), reverse("marketplace_backoffice:reports"), icon_name="warning", order=205
    )


@hooks.register("register_admin_menu_item")
def ratings_item() -> MenuItem:
    """Where officers read what buyers say."""
    return OfficerMenuItem(_("Ratings"), reverse("marketplace_backoffice:ratings"), icon_name="pick", order=212)


@hooks.register("register_admin_menu_item")
def wishes_item() -> MenuItem:
    """Where officers read what nobody offers yet."""
    return OfficerMenuItem(
        _("Produce that is missed"), reverse("marketplace_backoffice:wishes"), icon_name="search", order=206
    )


@hooks.register("register_admin_menu_item")
def refunds_item() -> MenuItem:
    """Where the operator sends held money back."""
    return OperatorMenuItem(_("Refunds"), reverse("marketplace_backoffice:refunds"), icon_name="undo", order=207)


@hooks.register("register_admin_menu_item")
def reconcile_item() -> MenuItem:
    """Where the operator compares online payments with the payment service's own books."""
    return OperatorMenuItem(
        _("Online payments"), reverse("marketplace_backoffice:reconcile"), icon_name="list-ul", order=208
    )


@hooks.register("register_admin_menu_item")
def health_item() -> MenuItem:
    """Where the operator sees what stands still."""
    return OperatorMenuItem(_("Health"), reverse("marketplace_backoffice:health"), icon_name="circle-check", order=210)


@hooks.register("register_admin_menu_item")
def privacy_item() -> MenuItem:
    """Where the operator erases accounts on request."""
    return OperatorMenuItem(_("Privacy"), reverse("marketplace_backoffice:privacy"), icon_name="lock", order=216)


@hooks.register("register_admin_menu_item")
def organisations_item() -> MenuItem:
    return OperatorMenuItem(
        _("Buyers' organisations"), reverse("marketplace_backoffice:organisations"), icon_name="group", order=215
    )


@hooks.register("register_admin_menu_item")
def changes_item() -> MenuItem:
    """Where lost accounts, mergers and names are seen to."""
    return OfficerMenuItem(
        _("Organisations and accounts"), reverse("marketplace_backoffice:changes"), icon_name="group", order=214
    )


@hooks.register("construct_help_menu")
def no_software_news(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Officers are not told what is new in Wagtail (which says it in whichever language was asked for first)."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if not item.name.startswith("whats-new-in-wagtail")]


@hooks.register("insert_global_admin_css")
def officers_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("marketplace/backoffice.css"))


@hooks.register("before_bulk_action")
def gate_bulk_actions(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Bulk actions live outside the viewset: listings of other counties are not there for them either."""
    listings = [found for found in objects if isinstance(found, Listing)]
    if listings and scope_of(request.user).listings().filter(pk__in=[row.pk for row in listings]).count() < len(
        listings
    ):
        raise Http404
