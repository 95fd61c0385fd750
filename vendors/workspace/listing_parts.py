"""Writing a listing part by part: a task list that says what is missing, and one short form for each part, saved on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import WorkflowState

from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.decisions import ListingDecision
from marketplace.catalogue.differences import path_label
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.missing import missing_of
from marketplace.catalogue.models import Listing
from marketplace.conf import setting
from marketplace.errors import Refused
from marketplace.parties.actions import office_day
from marketplace.programme.selectors import villages_and_townships
from marketplace.workspace.answers import refused

from ..listing import actions, drafts
from ..listing.fact_forms import (
    LINKAGES,
    LabelForm,
    LinkageForm,
    SeasonForm,
    initial_label,
    initial_linkage,
    initial_season,
)
from ..listing.forms import PACKS, PICTURES, TIERS, PackForm, PictureForm, ProduceForm, initial_of
from .access import own, own_vendors

Forms = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a listing: its title, how its forms are made, and what they fill."""

    label: Any
    build: Callable[[Listing, Any, Any], Forms]
    fill: Callable[[Listing, Forms], None]
    template: str = "vendors/listing_part.html"


def _produce(listing: Listing, data: Any, files: Any) -> Forms:
    vendor = listing.vendor
    places = villages_and_townships(vendor.county_code, office_day(timezone.now()))
    initial = initial_of(listing) if listing.pk else {"origin": vendor.home}
    return [ProduceForm(data, places=places, initial=initial)]


def _packs(listing: Listing, data: Any, files: Any) -> Forms:
    standing = [pack for pack in listing.packs.all() if pack.is_offered]
    is_service = bool(listing.product_id) and listing.product.category.is_service
    forms = []
    for number in range(max(PACKS, len(standing))):
        initial: dict[str, Any] = {}
        if number < len(standing):
            pack = standing[number]
            names = (
                "pk", "name", "unit", "unit_price", "initial_stock", "minimum_quantity", "multiple", "weight_grams",
                "net_grams", "persons", "is_redeemed", "is_offered",
            )  # fmt: skip
            initial = {name: getattr(pack, name) for name in names}
            for place, tier in enumerate(pack.ladder[:TIERS], 1):
                initial |= {f"from_{place}": tier.from_quantity, f"price_{place}": tier.unit_price}
        forms.append(PackForm(data, prefix=f"pack{number}", initial=initial, is_service=is_service))
    return forms


def _linkages(listing: Listing, data: Any, files: Any) -> Forms:
    standing: list[Any] = list(listing.linkages.all())
    rows = standing + [None] * (LINKAGES - len(standing))
    return [LinkageForm(data, prefix=f"way{n}", initial=initial_linkage(row)) for n, row in enumerate(rows)]


def _pictures(listing: Listing, data: Any, files: Any) -> Forms:
    standing: list[Any] = list(listing.pictures.all())
    forms = []
    for number, picture in enumerate(standing + [None] * (PICTURES - len(standing))):
        initial = {"pk": picture.pk, "alt_text": picture.alt_text} if picture else {}
        form = PictureForm(data, files, prefix=f"picture{number}", initial={**initial, "position": number + 1})
        form.standing = picture
        forms.append(form)
    return forms


PARTS: dict[str, Part] = {
    "produce": Part(
        gettext_lazy("What it is"), _produce, lambda listing, forms: drafts.fill_produce(listing, forms[0])
    ),
    "packs": Part(gettext_lazy("Packs and prices"), _packs, drafts.fill_packs, "vendors/listing_packs.html"),
    "season": Part(
        gettext_lazy("Season and harvest"),
        lambda listing, data, files: [SeasonForm(data, initial=initial_season(listing))],
        lambda listing, forms: drafts.fill_season(listing, forms[0]),
    ),
    "label": Part(
        gettext_lazy("On the label"),
        lambda listing, data, files: [LabelForm(data, initial=initial_label(listing))],
        lambda listing, forms: drafts.fill_label(listing, forms[0]),
    ),
    "linkage": Part(
        gettext_lazy("How farming households benefit"),
        _linkages,
        drafts.fill_linkages,
        "vendors/listing_linkages.html",
    ),
    "pictures": Part(gettext_lazy("Pictures"), _pictures, drafts.fill_pictures, "vendors/listing_pictures.html"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the task list: what is there in a few words, or what is missing."""

    name: str
    label: Any
    held: str
    missing: str = ""


@login_required
def new_listing(request: HttpRequest) -> HttpResponse:
    """Begin a new listing with its first part."""
    return _write(request, drafts.new_draft(own_vendors(request)[0]), "produce")


@login_required
def change_listing(request: HttpRequest, pk: int) -> HttpResponse:
    """The task list of a listing that is not in review; what is risky in a published one waits for a review."""
    found = _open(request, pk)
    if isinstance(found, HttpResponse):
        return found
    tasks = _tasks(found)
    context = {
        "listing": found,
        "tasks": tasks,
        "is_complete": not any(task.missing for task in tasks),
        "certificates": Certificate.objects.about(found).filter(withdrawn_at=None),
        "evidence": PriceEvidence.objects.standing().filter(listing=found.pk).count(),
        "needs_evidence": setting("PRICE_EVIDENCE_REQUIRED"),
        "reason": _return_reason(found),
        "is_delisted": found.delistings.filter(readmitted_at=None).exists(),
        "is_service": found.product.category.is_service,
        "sessions": found.sessions.filter(called_off_at=None, starts_on__gte=office_day(timezone.now())).count(),
        "risky": _risky_words() if found.live else "",
        "percent": setting("RISKY_PRICE_PERCENT"),
    }
    return render(request, "vendors/listing_tasks.html", context)


@login_required
def change_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Write one part; the others stay as they are."""
    found = _open(request, pk)
    if isinstance(found, HttpResponse):
        return found
    if part not in PARTS:
        raise Http404
    return _write(request, found, part)


def _open(request: HttpRequest, pk: int) -> Listing | HttpResponse:
    listing: Listing = own(request, Listing.objects.select_related("vendor__home"), pk=pk)
    if listing.workflow_in_progress:
        messages.error(request, _("This listing is in review and cannot be changed until the officer has answered."))
        return redirect("vendors:listings")
    latest: Listing = listing.get_latest_revision_as_object()
    return latest


def _write(request: HttpRequest, listing: Listing, name: str) -> HttpResponse:
    part = PARTS[name]
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    forms = part.build(listing, data, files)
    valid = [form.is_valid() for form in forms]  # every form, so that every error shows at once
    if request.method == "POST" and all(valid):
        try:
            return _keep(request, listing, name, forms)
        except Refused as refusal:
            refused(forms[0], refusal)
    context = {"listing": listing, "vendor": listing.vendor, "part": part, "forms": forms, "follows": _after(name)}
    return render(request, part.template, context, status=422 if request.method == "POST" else 200)


@transaction.atomic
def _keep(request: HttpRequest, listing: Listing, name: str, forms: Forms) -> HttpResponse:
    PARTS[name].fill(listing, forms)
    kept = actions.save_draft(listing=listing, by=request.user, at=timezone.now())
    messages.success(request, _("“%(part)s” is kept.") % {"part": PARTS[name].label})
    if "next" in request.POST and (follows := _after(name)):
        return redirect("vendors:listing_part", kept.pk, follows)
    return redirect("vendors:change_listing", kept.pk)


def _after(name: str) -> str:
    names = list(PARTS)
    return names[names.index(name) + 1] if name != names[-1] else ""


def _tasks(listing: Listing) -> list[Task]:
    lacks = missing_of(listing)
    held = {
        "produce": listing.title,
        "packs": "、".join(pack.name for pack in listing.packs.all() if pack.is_offered),
        "season": _season_words(listing),
        "label": _("filled in") if listing.has_label else "",
        "linkage": _count(len(listing.linkages.all())),
        "pictures": _pictures_words(len(listing.pictures.all())),
    }
    missing = {name: "、".join(str(lack.what) for lack in lacks if lack.part == name) for name in PARTS}
    return [Task(name, part.label, held[name], missing[name]) for name, part in PARTS.items()]


def _season_words(listing: Listing) -> str:
    if listing.is_sold_in_advance:
        return _("sold in advance")
    return (
        _("months: %(months)s") % {"months": "、".join(map(str, listing.months))} if listing.months else _("all year")
    )


def _count(number: int) -> str:
    return ngettext("%(count)s statement", "%(count)s statements", number) % {"count": number} if number else ""


def _pictures_words(number: int) -> str:
    return ngettext("%(count)s picture", "%(count)s pictures", number) % {"count": number} if number else ""


def _return_reason(listing: Listing) -> str:
    """Why the officer sent it back last, while that is unanswered."""
    found = ListingDecision.objects.filter(listing=listing.pk).first()
    open_ones = Listing.objects.get(pk=listing.pk).workflow_states.filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
    if found is None or found.is_approved or not open_ones.exists():
        return ""
    return " ".join([*found.reason_labels, found.words]).strip()


def _risky_words() -> str:
    """Which changes an officer sees first, as the settings have them."""
    known = (path_label(path) for path in setting("RISKY_CHANGES"))
    return "、".join(dict.fromkeys(label for label in known if label))
