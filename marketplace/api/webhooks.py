"""What payment services tell us. A message is answered only after what follows from it is committed."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ..errors import Failed, Refused
from ..purchase.checkout import take_message

log = logging.getLogger(__name__)

LARGEST = 256 * 1024  # bytes; Stripe's events are a few kilobytes


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """A signed event: 200 when it is dealt with or was before, 400 for a stranger's, 503 to have it sent again."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        take_message(payload=request.body, signature=request.headers.get("Stripe-Signature", ""), at=timezone.now())
    except Refused as refusal:
        log.warning("A message to the payment webhook was refused: %s", refusal)
        return HttpResponse(status=400)
    except Failed as failure:
        log.warning("A message to the payment webhook could not be followed up: %s", failure)
        return HttpResponse(status=503)
    return HttpResponse(status=200)
