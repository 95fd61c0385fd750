"""How a page answers a step: done with a message, or refused in one sentence with everything typed still there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ..errors import Failed, Refused


def attempt(request: HttpRequest, step: Callable[[], Any], *, done: str, to: Any) -> HttpResponseRedirect:
    """Do ``step`` for a button without a form; say ``done`` or the refusal, and go ``to`` (an address or a document)."""
    try:
        step()
    except (Refused, Failed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(to)


def decide(
    request: HttpRequest, steps: Mapping[str, tuple[Callable[[], Any], str]], *, otherwise: str, to: Any
) -> HttpResponseRedirect:
    """Do the step of the button that was pressed (name → step, what to say), or the step ``otherwise``."""
    step, done = steps.get(request.POST.get("decision", ""), steps[otherwise])
    return attempt(request, step, done=done, to=to)


def refused(form: Any, refusal: Refused | Failed) -> None:
    """Put a refusal at the top of its form."""
    form.add_error(None, str(refusal))


def only_whole_numbers(form: Any, quantities: Iterable[Any]) -> None:
    """Say at the top of ``form`` when one of the forms for quantities beside it holds no whole numbers."""
    if not all(part.is_valid() for part in quantities):
        form.is_valid()
        form.add_error(None, _("Enter whole numbers only."))


def answer_form(
    request: HttpRequest,
    form: Any,
    step: Callable[[dict[str, Any]], Any],
    *,
    done: str,
    to: Callable[[Any], Any],
    again: Callable[[], HttpResponse],
) -> HttpResponse:
    """Validate and do ``step(cleaned)``; on success go ``to(result)``, else show the page ``again`` (422)."""
    if form.is_valid():
        try:
            result = step(form.cleaned_data)
        except (Refused, Failed) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, done)
            return redirect(to(result))
    response = again()
    response.status_code = 422
    return response
