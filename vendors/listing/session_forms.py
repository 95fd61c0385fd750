"""The sessions of a service as a vendor writes them: days, places, until when they are booked; and why one is called off."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.catalogue.opening import LONGEST_DEADLINE, Plan
from marketplace.catalogue.sessions import ServiceSession
from marketplace.fields import choice
from marketplace.workspace.move_forms import days_of

MOST_PERSONS = 10_000


def _persons(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_PERSONS, **more)


class PlacesForm(forms.Form):
    """What of a session may change while it is booked."""

    persons = _persons(_("Places (persons)"), help_text=_("All packs together: a family of three takes three."))
    deadline_days = forms.IntegerField(
        label=_("Booked until so many days before"),
        min_value=0,
        max_value=LONGEST_DEADLINE,
        initial=3,
        help_text=_("Afterwards nobody books any more, so that you can prepare."),
    )
    minimum_persons = _persons(
        _("Takes place from so many persons on"),
        initial=1,
        help_text=_("When fewer have booked by then, you may call it off; everything goes back to them."),
    )


class SessionForm(PlacesForm):
    """A new session."""

    starts_on = forms.DateField(
        label=_("Takes place on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("Ends on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only where it takes more than one day, such as a stay."),
    )
    starts_at = forms.TimeField(
        label=_("Begins at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    field_order = ("starts_on", "ends_on", "starts_at", "persons", "deadline_days", "minimum_persons")

    def plan(self) -> Plan:
        """What was typed, once valid."""
        return Plan(**self.cleaned_data)


class OfferSessionForm(forms.Form):
    """Another session for all who have booked, and why."""

    into = forms.ChoiceField(label=_("Session with room for all of them"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Buyers read it in their order."),
    )

    def __init__(self, *args: Any, session: ServiceSession, on: date, **kwargs: Any) -> None:
        kwargs["auto_id"] = "id_offer_%s"  # another form of the page asks for a reason, too
        super().__init__(*args, **kwargs)
        rows = ServiceSession.objects.filter(listing=session.listing_id, called_off_at=None, starts_on__gte=on)
        self.sessions = {
            str(row.pk): row
            for row in rows.exclude(pk=session.pk).select_related("capacity")
            if row.is_bookable_on(on) and row.capacity.left >= session.capacity.promised
        }
        choices = [
            (pk, _("%(session)s, %(left)s places left") % {"session": days_of(row), "left": row.places_left})
            for pk, row in self.sessions.items()
        ]
        choice(self, "into").choices = choices

    def chosen(self) -> ServiceSession:
        """The session, once valid."""
        return self.sessions[self.cleaned_data["into"]]


class CallOffSessionForm(forms.Form):
    """Why it does not take place."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Buyers read it in their order."),
    )
