"""Text that travels compressed, the admin's content security policy, what no page may use of a device, and addresses no database could look up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.middleware.gzip import GZipMiddleware


class TextCompressionMiddleware(GZipMiddleware):
    """Pages, sheets and scripts travel compressed; photographs and spreadsheets are so already."""

    TEXT = ("text/", "application/json", "application/xml", "image/svg+xml")

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        is_text = response.get("Content-Type", "").startswith(self.TEXT)
        return super().process_response(request, response) if is_text else response


class AdminPolicyMiddleware:
    """Wagtail's own screens need inline styles and scripts, the public ones none: widens the policy below ``/admin/`` and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: Any = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = {  # django-csp's own hook for one response
                "script-src": [SELF, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
                "img-src": [SELF, "data:", "blob:"],
            }
        return response


class PermissionsPolicyMiddleware:
    """No page asks for a camera, a microphone, a place or a payment sheet; so nothing on one may."""

    POLICY = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.POLICY)
        return response


class NoNulMiddleware:
    """A NUL in an address is a probe: PostgreSQL cannot even compare it, so it is answered before any question is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest(content_type="text/plain")
        return self.get_response(request)
