"""The admin's content security policy: Wagtail's own screens need inline styles and scripts, the public ones none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse


class AdminPolicyMiddleware:
    """Widens the policy below ``/admin/`` and nowhere else."""

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
