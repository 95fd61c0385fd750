"""The demonstration's sign-ins for the sign-in page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def sign_ins(request: HttpRequest) -> dict[str, Any]:
    """``demo_sign_ins`` on the sign-in page of a demonstration; nothing anywhere else."""
    if not settings.DEMO or not request.path.startswith("/accounts/login"):
        return {}
    from website.demo.people import sign_in_list

    return {"demo_sign_ins": sign_in_list()}
