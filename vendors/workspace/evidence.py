"""What proves a listing's price, entered by its vendor: like goods elsewhere, by a link or a paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.models import Listing
from marketplace.conf import setting
from marketplace.fields import MoneyFormField
from marketplace.files import Kind
from marketplace.held import FormWithFiles, PrivateFileField
from marketplace.money import Money
from marketplace.workspace.answers import answer_form, attempt

from ..listing import hearing
from ..listing.weight_field import WeightField
from .access import own, own_vendors
from .fields import DayInput

NAMES = ("seller", "goods", "price", "seen_on", "link")


class EvidenceForm(FormWithFiles):
    """One price of the same or like goods, and what shows it."""

    seller = forms.CharField(
        label=gettext_lazy("Where is it sold?"),
        help_text=gettext_lazy("A shop, a market, another platform, or whom you sold it to."),
        max_length=80,
    )
    goods = forms.CharField(
        label=gettext_lazy("What exactly?"),
        help_text=gettext_lazy("Where it is not quite the same: grade, pack, maker."),
        max_length=120,
        required=False,
    )
    price = MoneyFormField(label=gettext_lazy("Price there (¥)"), min_value=Money(1))
    net_grams = WeightField(
        label=gettext_lazy("Net weight of that pack"),
        help_text=gettext_lazy("Such as 500 g or 2.5 kg; then a kilogram is compared."),
        required=False,
    )
    seen_on = forms.DateField(label=gettext_lazy("On which day?"), widget=DayInput)
    link = forms.URLField(
        label=gettext_lazy("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    paper = PrivateFileField(
        kind=Kind.PRICE_EVIDENCE,
        label=gettext_lazy("Paper or photo"),
        help_text=gettext_lazy(
            "A contract, an invoice, a price tag. You and the county's officers see it, nobody else."
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("link") and not cleaned.get("paper"):
            self.add_error("link", _("Give a link or a paper: one of them has to show the price."))
        return cleaned


@login_required
def price_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is for one listing, and the form for more."""
    listing = own(request, Listing.objects.select_related("vendor__home"), pk=pk)
    here = reverse("vendors:price_evidence", args=[pk])
    form = EvidenceForm(request.POST or None, request.FILES or None, by=request.user)

    def again() -> HttpResponse:
        rows = PriceEvidence.objects.standing().filter(listing=listing).select_related("paper")
        context = {"listing": listing, "rows": rows, "form": form, "is_needed": setting("PRICE_EVIDENCE_REQUIRED")}
        return render(request, "vendors/price_evidence.html", context)

    def step(cleaned: dict[str, Any]) -> PriceEvidence:
        evidence = PriceEvidence(**{name: cleaned[name] for name in NAMES}, net_grams=cleaned["net_grams"] or 0)
        return hearing.enter_evidence(
            evidence=evidence, listing=listing, paper=cleaned["paper"], by=request.user, at=timezone.now()
        )

    if request.method != "POST":
        return again()
    done = _("Kept. The county's officers see it beside your price.")
    return answer_form(request, form, step, done=done, to=lambda made: here, again=again)


@login_required
@require_POST
def withdraw_price_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of evidence back."""
    rows = PriceEvidence.objects.filter(listing__vendor__in=own_vendors(request)).select_related("listing")
    found = get_object_or_404(rows, pk=pk)
    return attempt(
        request,
        lambda: hearing.withdraw_evidence(evidence=found, by=request.user, at=timezone.now()),
        done=_("It is taken back."),
        to=reverse("vendors:price_evidence", args=[found.listing_id]),
    )
