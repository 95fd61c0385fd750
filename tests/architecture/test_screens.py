"""Every screen, opened: it has one first heading, and every field of every form that it was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.urls import reverse

from tests.architecture.stage import Stage, came_in, text_of, visitor
from tests.architecture.test_permissions import MATRIX, OFFICERS

pytestmark = pytest.mark.django_db

ASKED_WHERE_IT_MATTERS = {"AcceptForm.without_unsent"}  # only where something was never sent
NAMES = re.compile(r'name="([^"]+)"')


def forms_of(answer: Any) -> Iterator[forms.BaseForm]:
    """Every form among the variables of the page's templates, those in lists and groups included."""
    seen: set[int] = set()
    for layer in answer.context or []:
        for values in layer.dicts if hasattr(layer, "dicts") else [layer]:
            for value in values.values():
                rows = value if isinstance(value, list | tuple | forms.BaseFormSet) else [value]
                for row in rows:
                    if isinstance(row, forms.BaseForm) and id(row) not in seen:
                        seen.add(id(row))
                        yield row


def is_page(answer: Any) -> bool:
    """A page, and no file or redirect."""
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def missing(answer: Any) -> list[str]:
    """The fields that the page's forms have and the page does not."""
    text = answer.content.decode()
    names = set(NAMES.findall(text))
    return [
        f"{type(form).__name__}.{name}"
        for form in forms_of(answer)
        if {form[field].html_name for field in form.fields} & names
        for name in form.fields
        if not any(shown == form[name].html_name or shown.startswith(f"{form[name].html_name}_") for shown in names)
    ]


@pytest.mark.parametrize("who", ["anonymous", "member", "admin", "buyer", "teaco", *sorted(OFFICERS)])
def test_every_field_of_a_form_stands_on_its_page(stage: Stage, who: str) -> None:
    client = visitor(stage, who)
    wrong = {}
    for name, door in MATRIX.items():
        if door.button or who not in door.lets_in:
            continue
        answer = client.get(reverse(name, args=door.args(stage)))
        if not is_page(answer):
            text_of(answer)  # a file is closed by reading it
        elif came_in(answer) and (found := set(missing(answer)) - ASKED_WHERE_IT_MATTERS):
            wrong[name] = found
    assert wrong == {}


def test_a_field_left_out_is_noticed() -> None:
    class Two(forms.Form):
        first = forms.CharField()
        second = forms.DateField(widget=forms.SelectDateWidget())

    class Answer:
        context = ({"form": Two(), "rows": [Two(prefix="row")]},)
        content = b'<input name="first"><input name="row-first"><select name="row-second_day">'

    assert missing(Answer()) == ["Two.second"]


@pytest.mark.parametrize("who", ["anonymous", "member", "admin", "buyer", "teaco", "operator"])
def test_every_screen_has_one_first_heading(stage: Stage, who: str) -> None:
    client, wrong = visitor(stage, who), {}
    for name, door in MATRIX.items():
        if door.button or who not in door.lets_in:
            continue
        answer = client.get(reverse(name, args=door.args(stage)))
        if not is_page(answer):
            text_of(answer)
        elif (count := len(re.findall(r"<h1\b", answer.content.decode()))) != 1:
            wrong[name] = count
    assert wrong == {}
