"""Health for a monitor that holds the token: which parts work, when the clock last ran, how much stands still."""

from __future__ import annotations

from secrets import compare_digest

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..conf import setting
from ..errands.selectors import last_round
from ..purchase.health import parts
from ..purchase.stuck import stuck


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 when a part is not; counts, no names. 404 without ``Authorization: Bearer <token>``."""
    token = str(setting("HEALTH_TOKEN"))
    given = request.headers.get("Authorization", "")
    if not token or not compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Http404
    now = timezone.now()
    with translation.override("en"):  # machines read one language
        found = {part.name: str(part.fault or "ok") for part in parts(at=now)}
    ran_at = last_round()
    answer = {
        "parts": found,
        "clock_ran_at": ran_at and ran_at.isoformat(),
        "stuck": {kind: len(rows) for kind, rows in stuck(at=now).items()},
    }
    return JsonResponse(answer, status=200 if set(found.values()) == {"ok"} else 503)
