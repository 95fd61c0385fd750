"""How the reader wants pages: elder mode and language, each by one press that keeps the page and its query.

Both are buttons without a form token: all they change is how pages look to whoever presses, and a token would make
every public page a different file for every visitor, which no cache could keep.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from ..access.actions import keep_wish
from ..display import COOKIE, ELDER, SESSION_KEY, USUAL

switch_language = csrf_exempt(require_POST(set_language))


@csrf_exempt
@require_POST
def switch_display(request: HttpRequest) -> HttpResponse:
    """To elder mode or back; remembered by this device for a year, and for a signed-in person in their profile."""
    wanted = ELDER if request.POST.get(COOKIE) == ELDER else USUAL
    response = HttpResponseRedirect(_where_from(request))
    if request.user.is_authenticated:
        keep_wish(person=request.user, is_elder=wanted == ELDER)
        request.session[SESSION_KEY] = wanted
    _remember(response, wanted)
    return response


def _remember(response: Any, wanted: str) -> None:
    response.set_cookie(
        COOKIE, wanted, max_age=365 * 24 * 3600, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _where_from(request: HttpRequest) -> str:
    """The page the button stood on, on this site only."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else "/"
