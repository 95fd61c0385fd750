"""What delivery costs: the vendor's rule, with a calculator that tries it before it is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalogue.errors import AreaTwice
from marketplace.catalogue.freight import quoted
from marketplace.catalogue.freight_rules import FreightRule
from marketplace.catalogue.weights import weight_words
from marketplace.conf import currency
from marketplace.errors import Refused
from marketplace.money import Money
from marketplace.parties.actions import office_day
from marketplace.programme.selectors import delivery_areas
from marketplace.workspace.answers import refused

from ..listing import actions
from ..listing.freight_forms import AreaForm, TrialForm, area_forms, places_of, zones_of
from .access import own_vendors


@login_required
def freight(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and change the rule. POST with ``try`` only reckons with what was typed."""
    vendor = next((vendor for vendor in own_vendors(request) if vendor.slug == slug), None)
    if vendor is None:
        raise Http404
    rule = FreightRule.objects.filter(vendor=vendor).in_force().first()
    places = places_of(delivery_areas(vendor.county_code, office_day(timezone.now())), rule)
    data = request.POST if request.method == "POST" else None
    areas, trial = area_forms(data, rule, places), TrialForm(data, prefix="trial", places=places)
    valid = [form.is_valid() for form in [*areas, trial]]  # every one, so that every error shows at once
    is_valid = all(valid)
    status = 422 if data and not is_valid else 200
    if data and is_valid and "try" not in data:
        try:
            actions.set_freight_rule(vendor=vendor, zones=zones_of(areas), by=request.user, at=timezone.now())
        except Refused as refusal:
            refused(areas[0], refusal)
            status = 422
        else:
            messages.success(request, _("The freight rule is kept. It holds for whatever is requested from now on."))
            return redirect("vendors:freight", slug)
    context = {
        "vendor": vendor,
        "vendors": own_vendors(request),
        "rule": rule,
        "areas": areas[:-1],
        "elsewhere": areas[-1],
        "forms": [*areas, trial],
        "trial": trial,
        "answer": _reckoned(areas, trial, dict(places)) if data and is_valid and "try" in data else "",
    }
    return render(request, "vendors/freight.html", context, status=status)


def _reckoned(areas: list[AreaForm], trial: TrialForm, places: dict[str, str]) -> str:
    """The calculator's answer in a sentence."""
    zones, code = zones_of(areas), trial.cleaned_data["to"]
    if len({zone.code for zone in zones}) < len(zones):
        return str(AreaTwice())
    grams, goods = trial.cleaned_data["weight"] or 0, trial.cleaned_data["goods"] or Money(0, currency())
    asked = quoted(zones, code, grams=grams, goods=goods)
    values: dict[str, Any] = {"weight": weight_words(grams), "place": places.get(code, _("somewhere else"))}
    if asked is None:
        return _("%(weight)s to %(place)s: not delivered there.") % values
    if not asked:
        return _("%(weight)s to %(place)s: free delivery.") % values
    return _("%(weight)s to %(place)s costs %(fee)s.") % (values | {"fee": asked})
