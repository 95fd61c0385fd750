"""Forms of the order queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.fields import MoneyFormField
from marketplace.money import Money
from marketplace.orders.models import OrderLine
from marketplace.orders.placing import LineAnswer


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class AnswerForm(forms.Form):
    """For each line: how many, by which day, or why not all."""

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            most = (
                line.quantity_ordered - line.quantity_cancelled or line.quantity_ordered
            )  # all gone: the step says why
            self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
                label=_("I can deliver"), min_value=0, max_value=most, initial=most
            )
            day = line.session.starts_on if line.session else None
            self.fields[f"promised_{line.pk}"] = _day(
                label=_("Delivered by"), required=False, initial=day, disabled=bool(day)
            )
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=_("Reason, if not all"), max_length=200, required=False
            )

    def rows(self) -> list[tuple[OrderLine, Any, Any, Any]]:
        """Each line with its three controls."""
        return [
            (line, self[f"quantity_{line.pk}"], self[f"promised_{line.pk}"], self[f"reason_{line.pk}"])
            for line in self.lines
        ]

    def answers(self) -> list[LineAnswer]:
        """The answers, once valid."""
        cleaned = self.cleaned_data
        return [
            LineAnswer(
                line.pk, cleaned[f"quantity_{line.pk}"], cleaned[f"promised_{line.pk}"], cleaned[f"reason_{line.pk}"]
            )
            for line in self.lines
        ]


class DispatchForm(forms.Form):
    """One consignment: how many of each line, by whom, under which number."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    waybill_number = forms.CharField(label=_("Waybill number"), max_length=40, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(
        self, *args: Any, left: dict[OrderLine, int], came: Mapping[OrderLine, int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.is_attendance = any(line.is_redeemed for line in left)
        if self.is_attendance:  # nothing is carried there
            del self.fields["carrier"], self.fields["waybill_number"]
        for line, quantity in left.items():
            shown = min(quantity, (came or {}).get(line, quantity))
            self.fields[f"send_{line.pk}"] = forms.IntegerField(
                label=_("send now"), min_value=0, max_value=quantity, initial=shown, required=False
            )

    def rows(self) -> list[tuple[OrderLine, int, Any]]:
        """Each line with what is left to send and its control."""
        return [(line, quantity, self[f"send_{line.pk}"]) for line, quantity in self.left.items()]

    def quantities(self) -> dict[int, int]:
        """Order line pk → quantity, once valid."""
        return {line.pk: self.cleaned_data[f"send_{line.pk}"] or 0 for line in self.left}


class FapiaoForm(forms.Form):
    """The fapiao as it was issued."""

    number = forms.CharField(
        label=_("Fapiao number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("20 digits."),
    )
    title = forms.CharField(label=_("Made out to"), max_length=120)
    amount = MoneyFormField(
        label=_("Amount with tax and freight (¥)"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        min_value=Money(1),
    )
    tax = MoneyFormField(
        label=_("Tax on it (¥)"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        min_value=Money(0),
        help_text=_("The sum of tax (合计税额) printed on the fapiao; 0 when it is exempt."),
    )
    issued_on = _day(label=_("Issued on"))


class VoidForm(forms.Form):
    """The red-letter fapiao that cancelled a fapiao, and why."""

    red_number = forms.CharField(
        label=_("Number of the red-letter fapiao"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("20 digits."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
