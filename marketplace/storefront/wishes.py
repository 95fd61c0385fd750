"""A visitor tells what the catalogue lacks."""

from __future__ import annotations

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..catalogue import wishes
from ..catalogue.errors import TooManyWishes
from ..conf import setting
from ..errors import Refused
from .accessibility import TRAP


@require_POST
def tell_wish(request: HttpRequest) -> HttpResponse:
    """Keep the note and go back to the catalogue; a machine is thanked and not kept."""
    try:
        if not request.POST.get(TRAP):
            _count(request.META.get("REMOTE_ADDR", ""))
            by = request.user if request.user.is_authenticated else None
            words, note = request.POST.get("words", ""), request.POST.get("note", "")
            wishes.tell_wish(words=words, note=note, by=by, at=timezone.now())
        messages.success(request, _("Thank you. The county's officers will read it."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("marketplace:catalogue")


def _count(address: str) -> None:
    key = f"marketplace-wishes-{address}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > setting("WISHES_PER_HOUR"):
        raise TooManyWishes()
