"""Answers that a browser asks for again only when something they show has changed (RFC 9110, conditional requests).

Nothing waits for a time-out: a browser keeps a page, asks each time whether it still holds, and is told so in a few bytes.
The list and the product page know beforehand what they are made of (``revalidated``), so that an unchanged one is not even
made; other public pages are made and then compared (``compared``). Only for readers who are nobody in particular: what a
signed-in person sees is theirs, and made for them every time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from ..display import display_of
from ..parties.actions import office_day
from . import fragments

Make = Callable[[], HttpResponse]
View = Callable[..., HttpResponse]
FORM_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


def revalidated(request: HttpRequest, *facts: Any, make: Make) -> HttpResponse:
    """What ``make`` answers, or 304 when the reader has it already; ``facts`` are what the page shows beside the topics.

    Statements: none of its own; the caller hands in what it had to ask anyway, the catalogue's edition first of all.
    """
    if not _is_for_anybody(request):
        response = make()
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response
    tag = validator(request, facts)
    answer = get_conditional_response(request, etag=tag) or make()
    if answer.status_code in (200, 304):
        answer["ETag"] = tag
        patch_cache_control(answer, no_cache=True)
        patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer


def compared(view: View) -> View:
    """A view whose answer is compared with what the reader has; the tokens of its forms, new each time, do not count."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return compare(request, view(request, *args, **kwargs))

    return asked


def compare(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer, or 304 when the reader has it already."""
    if isinstance(answer, TemplateResponse):
        answer.render()
    if answer.status_code != 200 or answer.streaming:
        return answer
    text = FORM_TOKEN.sub(b"", answer.content)
    return revalidated(request, sha256(text).hexdigest(), make=lambda: answer)


def validator(request: HttpRequest, facts: Any) -> str:
    """A weak one: two renderings of a page differ in the tokens of their forms.

    ``facts`` stand for what the page shows; beside them the topics that anything kept depends on, the day, the language,
    the display, the release of the site, and the cookie the forms of the page belong to.
    """
    parts = [
        release(),
        request.get_host(),
        request.get_full_path(),
        get_language(),
        display_of(request),
        request.COOKIES.get(settings.CSRF_COOKIE_NAME),
        office_day(timezone.now()),
        fragments.versions(),
        facts,
    ]
    said = json.dumps(parts, cls=DjangoJSONEncoder, ensure_ascii=False)
    return f'W/"{sha256(said.encode()).hexdigest()[:32]}"'


@cache
def release() -> str:
    """Which templates and static files this process serves: the same for every process of one release."""
    folders = [Path(folder) for engine in engines.all() for folder in engine.template_dirs]
    newest = max((file.stat().st_mtime_ns for folder in folders for file in folder.rglob("*.html")), default=0)
    return f"{newest}-{getattr(staticfiles_storage, 'manifest_hash', '')}"


def _is_for_anybody(request: HttpRequest) -> bool:
    """Nobody is signed in, nothing is said to them once, and nobody is changing the templates just now."""
    if settings.DEBUG or request.method not in ("GET", "HEAD"):
        return False
    if request.user.is_authenticated or getattr(request, "is_preview", False):
        return False
    return not len(get_messages(request))
