"""What forms open to everybody share: a field that machines fill in, and how many one network address may send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from ..errors import Refused

TRAP = "website"  # a field that people do not see and machines fill in
AN_HOUR = 3600


class TrackingForm(forms.Form):
    """A tracking number, to read what became of something."""

    number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=30)


def is_machine(request: HttpRequest) -> bool:
    """Whether the field that people do not see was filled in."""
    return bool(request.POST.get(TRAP))


def count(request: HttpRequest, what: str, *, most: int, refusal: type[Refused]) -> None:
    """Count one more from this network address, and refuse beyond ``most`` within an hour."""
    key = f"marketplace-{what}-{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=AN_HOUR)
    if cache.incr(key) > most:
        raise refusal()


def signed_in(request: HttpRequest) -> Any:
    """Who sends it; nobody for a visitor."""
    return request.user if request.user.is_authenticated else None
