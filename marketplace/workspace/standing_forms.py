"""The forms by which an organisation's people, names and ties change. They clean what was typed; the rules are the actions' to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.utils.translation import gettext_lazy as _

from ..fields import choice, model_choice
from ..parties.forms import CreditCodeField
from ..parties.models import BuyerOrganisation, DeliveryPoint, Department, Role
from ..parties.places import DepartmentRow
from ..parties.selectors import called, colleagues
from .forms import day_field, money_field


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why something is done; kept with it."""
    return forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)


if TYPE_CHECKING:
    _PersonChoice = forms.ModelChoiceField[Any]
else:
    _PersonChoice = forms.ModelChoiceField


class PersonChoice(_PersonChoice):
    """People by the name colleagues know."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.get_full_name() or obj.get_username())


class HandOverForm(forms.Form):
    """Which roles pass to whom, from which day; somebody new is invited by a link."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)
    successor = PersonChoice(
        label=_("Successor"), queryset=get_user_model().objects.none(), required=False, empty_label=_("somebody new")
    )
    invitee_name = forms.CharField(
        label=_("Name of somebody new"), max_length=60, required=False, help_text=_("They get a link to join.")
    )
    begins_on = day_field(label=_("From"))

    def __init__(self, *args: Any, organisation: BuyerOrganisation, giver: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = colleagues(organisation)
        held = [seat.role for seat in seats.get(giver, [])]
        choice(self, "roles").choices = [role for role in Role.choices if role[0] in held]
        self.fields["roles"].initial = held
        others = [person.pk for person in seats if person != giver]
        model_choice(self, "successor").queryset = get_user_model().objects.filter(pk__in=others).order_by("pk")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("successor") and not (cleaned.get("invitee_name") or "").strip():
            self.add_error("successor", _("Choose a colleague, or write the name of somebody new."))
        return cleaned


class ReasonForm(forms.Form):
    """Why."""

    reason = reason_field(label=_("Reason"))


class LeaverForm(forms.Form):
    """From which day a member is no longer on the roll, and why."""

    left_on = day_field(label=_("No longer on the roll from"))
    reason = reason_field(label=_("Reason"))


class UpperForm(forms.Form):
    """Under which union, by its exact present or former name, and from which day."""

    upper = forms.CharField(label=_("Full name of the upper union"), max_length=120)
    begins_on = day_field(label=_("From"))

    def clean_upper(self) -> BuyerOrganisation:
        found = called(self.cleaned_data["upper"].strip())
        if found is None:
            raise forms.ValidationError(_("No organisation has exactly this name. Ask its clerk for it."))
        return found


class ShareForm(forms.Form):
    """What is undertaken for a year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = money_field(label=_("Reserved share (¥)"))


class NameForm(forms.Form):
    """Another name, code or fapiao title, from a day."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    social_credit_code = CreditCodeField(label=_("Unified social credit code"))
    fapiao_title = forms.CharField(label=_("Fapiao title"), max_length=120)
    valid_from = day_field(label=_("Valid from"))
    reason = reason_field(label=_("Reason"))


class DepartmentsForm(forms.Form):
    """Every department's place in the list, name and delivery point."""

    def __init__(self, *args: Any, departments: list[Department], points: list[DeliveryPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments = departments
        choices = DeliveryPoint.objects.filter(pk__in=[point.pk for point in points])
        for number, row in enumerate(departments, start=1):
            self.fields[f"position_{row.pk}"] = forms.IntegerField(
                label=_("Place in the list"), min_value=1, max_value=999, initial=number
            )
            self.fields[f"name_{row.pk}"] = forms.CharField(label=_("Department"), max_length=80, initial=row.name)
            self.fields[f"point_{row.pk}"] = forms.ModelChoiceField(
                label=_("Delivery point"), queryset=choices, required=False, initial=row.delivery_point_id,
                empty_label=_("as the group order says"),
            )  # fmt: skip

    def rows(self) -> list[tuple[Department, Any, Any, Any]]:
        """Each department with its three controls."""
        return [(d, self[f"position_{d.pk}"], self[f"name_{d.pk}"], self[f"point_{d.pk}"]) for d in self.departments]

    def wanted(self) -> list[DepartmentRow]:
        """The departments as wanted, in their new order, once valid."""
        cleaned = self.cleaned_data
        ordered = sorted(self.departments, key=lambda d: (cleaned[f"position_{d.pk}"], d.position, d.pk))
        return [DepartmentRow(d.pk, cleaned[f"name_{d.pk}"], cleaned[f"point_{d.pk}"]) for d in ordered]


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password
