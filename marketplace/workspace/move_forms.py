"""Which booking is to go over to which session, and why: the same form for both sides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..catalogue.moving import Way
from ..catalogue.sessions import ServiceSession
from ..fields import choice
from ..orders.models import OrderLine

Bookings = list[tuple[OrderLine, int, list[Way]]]


def days_of(session: ServiceSession) -> str:
    """A session's days as people read them in a choice."""
    days = date_format(session.starts_on, "DATE_FORMAT")
    if session.last_day != session.starts_on:
        is_same_year = session.last_day.year == session.starts_on.year
        return f"{days} – {date_format(session.last_day, 'MONTH_DAY_FORMAT' if is_same_year else 'DATE_FORMAT')}"
    weekday = date_format(session.starts_on, "l")
    return f"{days} {weekday} {session.starts_at:%H:%M}" if session.starts_at else f"{days} {weekday}"


class MoveForm(forms.Form):
    """One booking and one of the sessions that have room for all of it."""

    way = forms.ChoiceField(label=gettext_lazy("Which booking goes where"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("The other side reads it.")
    )

    def __init__(self, *args: Any, bookings: Bookings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = {
            f"{line.pk}-{way.pack.session_id}": (line, quantity, way)
            for line, quantity, ways in bookings
            for way in ways
        }
        choice(self, "way").choices = [(key, _way_words(*found)) for key, found in self.ways.items()]

    def chosen(self) -> dict[str, Any]:
        """What was typed, once valid: the line, the session, the reason."""
        line, _quantity, way = self.ways[self.cleaned_data["way"]]
        return {"line": line, "session": way.pack.session, "reason": self.cleaned_data["reason"]}


def _way_words(line: OrderLine, quantity: int, way: Way) -> str:
    after = way.pack.session
    return _("%(pack)s × %(count)s → %(after)s (%(left)s left there)") % {
        "pack": line.pack_name,
        "count": quantity,
        "after": days_of(after) if after else "",
        "left": way.left,
    }
