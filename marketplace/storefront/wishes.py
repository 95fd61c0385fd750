"""A visitor tells what the catalogue lacks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..catalogue import wishes
from ..catalogue.errors import TooManyWishes
from ..conf import setting
from ..errors import Refused
from .visitors import count, is_machine, signed_in


@require_POST
def tell_wish(request: HttpRequest) -> HttpResponse:
    """Keep the note and go back to the catalogue; a machine is thanked and not kept."""
    try:
        if not is_machine(request):
            count(request, "wishes", most=setting("WISHES_PER_HOUR"), refusal=TooManyWishes)
            words, note = request.POST.get("words", ""), request.POST.get("note", "")
            wishes.tell_wish(words=words, note=note, by=signed_in(request), at=timezone.now())
        messages.success(request, _("Thank you. The county's officers will read it."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("marketplace:catalogue")
