"""The operator erases accounts on request, and reads who looked at lists of people."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..parties.looks import looks
from ..parties.models import ErasureRequest
from ..purchase.erase import erase_account, refuse_erasure

OF_ACCOUNTS = ErasureRequest.objects.filter(account__isnull=False).select_related("account")


def privacy_page(request: HttpRequest) -> HttpResponse:
    """Requests that wait, the oldest first; and the looks of all organisations, the latest first."""
    context = {
        "heading": _("Privacy"),
        "waiting": OF_ACCOUNTS.filter(done_at=None, refused_at=None),
        "page_obj": Paginator(looks(), 50).get_page(request.GET.get("page")),
    }
    return render(request, "marketplace/backoffice/privacy.html", context)


@require_POST
def decide_erasure(request: HttpRequest, reference: str) -> HttpResponse:
    """Erase the account, or say why not."""
    found = get_object_or_404(OF_ACCOUNTS, reference=reference)
    try:
        if request.POST.get("decision") == "erase":
            erase_account(account=found.account, by=request.user, at=timezone.now())
            done = _("The account is erased. What the law has kept stands under a number.")
        else:
            reason = request.POST.get("reason", "")
            refuse_erasure(request=found, reason=reason, by=request.user, at=timezone.now())
            done = _("The person reads your reason.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("marketplace_backoffice:privacy")
