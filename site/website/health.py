"""Whether this process lives, and whether it can serve: for a load balancer or a timer. No secret, no name."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation

from marketplace.purchase.health import READY, parts


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"process": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and cache; 503 where one is not well. A late clock is said, and stops no page."""
    with translation.override("en"):  # machines read one language
        found = {part.name: str(part.fault or "ok") for part in parts(at=timezone.now(), names=READY)}
    ready = all(found[name] == "ok" for name in READY if name != "clock")
    return JsonResponse(found, status=200 if ready else 503)
