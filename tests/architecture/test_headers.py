"""What every public answer tells the browser not to do."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = {
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'self'",
    "frame-ancestors 'self'",
}  # fmt: skip


@pytest.mark.parametrize("address", ["/catalogue/", "/accessibility/", "/accounts/login/", "/nowhere/"])
def test_a_public_page_allows_nothing_inline_and_nothing_foreign(address: str) -> None:
    answer = Client().get(address)
    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    directives = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert directives >= POLICY
    assert "unsafe" not in answer["Content-Security-Policy"]
