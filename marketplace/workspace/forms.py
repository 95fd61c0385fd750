"""The buyers' forms. They clean what was typed; the rules are the actions' to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..allowances.models import FundSource, Purpose
from ..catalogue.models import Pack
from ..fields import MoneyFormField, model_choice
from ..files import Kind
from ..fulfilment.models import Fault, GoodsReturn
from ..grouporders.models import FreightSharing
from ..held import FormWithFiles, PrivateFileField
from ..money import Money
from ..parties.models import BuyerOrganisation, DeliveryPoint, Role
from ..parties.selectors import called
from ..programme.models import Campaign, Pairing, Region


def clock_field(**kwargs: Any) -> forms.DateTimeField:
    """A day and time in the office's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)


def day_field(**kwargs: Any) -> forms.DateField:
    """A calendar day."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def money_field(**kwargs: Any) -> MoneyFormField:
    """An amount in yuan."""
    return MoneyFormField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), min_value=Money(1), **kwargs)


def scan_field(kind: Kind, **kwargs: Any) -> PrivateFileField:
    """An optional scan or photo."""
    return PrivateFileField(kind=kind, required=False, **kwargs)


PURPOSES = [choice for choice in Purpose.choices if choice[0] != Purpose.PRIVATE]  # of organisations


class TermsForm(forms.Form):
    """What an organiser decides about a group order."""

    title = forms.CharField(
        label=_("Title"), max_length=80, help_text=_("As members will read it, such as 中秋慰问品.")
    )
    campaign = forms.ModelChoiceField(label=_("Campaign"), queryset=Campaign.objects.none(), empty_label=None)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES)
    fund_source = forms.ChoiceField(label=_("Fund source"), choices=FundSource)
    allowance_per_member = money_field(label=_("Allowance per member (¥)"))
    delivery_point = forms.ModelChoiceField(
        label=_("Delivery point"), queryset=DeliveryPoint.objects.none(), empty_label=None
    )
    freight_shared_by = forms.ChoiceField(
        label=_("Freight shared among members"),
        choices=FreightSharing,
        initial=FreightSharing.VALUE,
        help_text=_("For the hand-out list only: your organisation bears the freight, no allowance does."),
    )
    opens_at = clock_field(label=_("Opens"))
    closes_at = clock_field(label=_("Closes"), help_text=_("Members choose before this moment."))
    message = forms.CharField(
        label=_("Message to members"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )
    further_points = forms.ModelMultipleChoiceField(
        label=_("Further delivery points"),
        queryset=DeliveryPoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members collect at their department's place; you can change it for each."),
    )
    members_choose_point = forms.BooleanField(label=_("Members may choose where they collect"), required=False)

    def __init__(self, *args: Any, organisation: BuyerOrganisation, campaigns: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "campaign").queryset = Campaign.objects.filter(
            pk__in=[campaign.pk for campaign in campaigns]
        )
        points = organisation.delivery_points.in_use()
        model_choice(self, "delivery_point").queryset = points
        model_choice(self, "further_points").queryset = points
        if len(points) < 2:  # one place is the simple case, and looks it
            del self.fields["further_points"], self.fields["members_choose_point"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "further_points" in cleaned:
            cleaned["further_points"] = tuple(cleaned["further_points"])
        return cleaned


class OffersForm(forms.Form):
    """Which packs members may choose from, and how many of each make the package."""

    package_name = forms.CharField(label=_("Name of the package"), max_length=60, required=False)

    def __init__(self, *args: Any, packs: list[Pack], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packs = packs
        for pack in packs:
            self.fields[f"offer_{pack.pk}"] = forms.BooleanField(label=str(pack), required=False)
            self.fields[f"package_{pack.pk}"] = forms.IntegerField(
                label=_("in the package"), min_value=0, max_value=99, required=False
            )

    def chosen(self) -> tuple[list[Pack], dict[int, int]]:
        """The offered packs and the package (pack pk → quantity), once valid."""
        offered = [pack for pack in self.packs if self.cleaned_data[f"offer_{pack.pk}"]]
        package = {pack.pk: self.cleaned_data[f"package_{pack.pk}"] or 0 for pack in self.packs}
        return offered, {pk: quantity for pk, quantity in package.items() if quantity}

    def rows(self) -> list[tuple[Pack, Any, Any]]:
        """Each pack with its two controls."""
        return [(pack, self[f"offer_{pack.pk}"], self[f"package_{pack.pk}"]) for pack in self.packs]


class QuantitiesForm(forms.Form):
    """A whole number for each key; empty means 0."""

    def __init__(self, *args: Any, keys: list[int], prefix: str = "q", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys, self.stem = keys, prefix
        for key in keys:
            self.fields[f"{prefix}{key}"] = forms.IntegerField(min_value=0, max_value=99999, required=False)

    def quantities(self) -> dict[int, int]:
        """Key → quantity, once valid."""
        return {key: self.cleaned_data[f"{self.stem}{key}"] or 0 for key in self.keys}


class RosterForm(FormWithFiles):
    """A roster file."""

    file = PrivateFileField(kind=Kind.ROSTER, label=_("Roster file (.xlsx)"))
    is_complete = forms.BooleanField(
        label=_("This file lists every member: whoever is missing has left"), required=False
    )


class DirectForm(forms.Form):
    """What the basket is bought for."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("no campaign")
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES, initial=Purpose.CHARITY)
    fund_source = forms.ChoiceField(label=_("Fund source"), choices=FundSource, initial=FundSource.ORGANISATION)
    delivery_point = forms.ModelChoiceField(
        label=_("Delivery point"), queryset=DeliveryPoint.objects.none(), empty_label=None
    )
    note = forms.CharField(label=_("Note to the approver"), max_length=300, required=False)

    def __init__(self, *args: Any, organisation: BuyerOrganisation, campaigns: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "campaign").queryset = Campaign.objects.filter(
            pk__in=[campaign.pk for campaign in campaigns]
        )
        model_choice(self, "delivery_point").queryset = organisation.delivery_points.in_use()
        if campaigns:
            self.fields["campaign"].initial = campaigns[0].pk


class JoinForm(forms.Form):
    """A new account."""

    username = forms.CharField(label=_("User name"), max_length=150)
    name = forms.CharField(label=_("Your name"), max_length=60)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip()
        if get_user_model().objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(
                _("This user name is taken. Choose another, or sign in and open the link again.")
            )
        return username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


class BuyForm(forms.Form):
    """Where a private purchase goes, and whether a fapiao is wanted."""

    delivery_point = forms.ModelChoiceField(
        label=_("Deliver to"), queryset=DeliveryPoint.objects.none(), empty_label=None, required=False
    )
    fapiao_wanted = forms.BooleanField(label=_("I want a fapiao"), required=False)
    fapiao_title = forms.CharField(label=_("Fapiao made out to"), max_length=120, required=False)
    note = forms.CharField(label=_("Note to the vendors"), max_length=300, required=False)

    def __init__(self, *args: Any, organisation: BuyerOrganisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "delivery_point").queryset = organisation.delivery_points.filter(ended_on=None).order_by(
            "-is_default", "-pk"
        )
        self.fields["fapiao_title"].initial = organisation.fapiao_title

    def clean_delivery_point(self) -> DeliveryPoint:
        point = self.cleaned_data["delivery_point"]
        if point is None:
            raise forms.ValidationError(_("Add an address first."))
        return point


PHONE = RegexValidator(r"^\+?[0-9 -]{6,20}$", _("Enter a phone number, digits only."))


class DeliveryPointForm(forms.Form):
    """A place where goods are handed over."""

    name = forms.CharField(label=_("Name of the place"), max_length=60, help_text=_("Such as 家, 单位 or 门卫室."))
    address = forms.CharField(label=_("Address"), max_length=200)
    contact_name = forms.CharField(label=_("Contact"), max_length=60)
    phone = forms.CharField(
        label=_("Phone"), max_length=20, validators=[PHONE], widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    region = forms.ModelChoiceField(
        label=_("District"),
        queryset=Region.objects.none(),
        required=False,
        help_text=_("Freight is reckoned for this place."),
    )
    opening_hours = forms.CharField(
        label=_("Opening hours"), max_length=100, required=False, help_text=_("When somebody takes goods in.")
    )
    unloading_note = forms.CharField(
        label=_("Note on unloading"),
        max_length=200,
        required=False,
        help_text=_("Such as lift, height or where to stop."),
    )

    def __init__(self, *args: Any, organisation: BuyerOrganisation, places: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = model_choice(self, "region")
        field.queryset = Region.objects.filter(pk__in=[place.pk for place in places])
        field.empty_label = _("in %(region)s") % {"region": organisation.region.name}


class SignUpForm(JoinForm):
    """A new account of somebody who buys privately."""

    region = forms.ModelChoiceField(label=_("Where you live"), queryset=Region.objects.none(), empty_label=None)
    agrees = forms.BooleanField(
        label=_("I agree that my name, phone and address are used to deliver what I buy, and for nothing else.")
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput)  # people leave it empty, robots do not

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        supporting = Pairing.objects.values("supporting")
        model_choice(self, "region").queryset = Region.objects.filter(pk__in=supporting)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave this empty."))
        return ""


class AffiliationForm(forms.Form):
    """For which organisation purchases shall count, by its exact name."""

    name = forms.CharField(label=_("Your name, as the organisation knows it"), max_length=60)
    organisation = forms.CharField(label=_("Full name of the organisation"), max_length=120)

    def clean_organisation(self) -> BuyerOrganisation:
        name = self.cleaned_data["organisation"].strip()
        found = called(name)
        if found is None:
            raise forms.ValidationError(_("No organisation has exactly this name. Ask its clerk for it."))
        return found


class DecisionForm(forms.Form):
    """An approver's reason: to return, or to override what blocks."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(forms.Form):
    """Until when members may choose again."""

    closes_at = clock_field(label=_("Closes"))


class ReceiptForm(FormWithFiles):
    """What the receiver noted about a consignment."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    photo = scan_field(
        Kind.RECEIPT_PHOTO,
        label=_("Photo"),
        help_text=_("JPEG, PNG, WebP or PDF. Useful when something is short or damaged."),
    )


class AcceptForm(forms.Form):
    """The certificate's note, and whether unsent goods are given up."""

    without_unsent = forms.BooleanField(label=_("Accept without what was never sent"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class CallOffForm(FormWithFiles):
    """Why goods are not to be sent any more, and whose doing that is."""

    fault = forms.ChoiceField(label=_("At fault"), choices=Fault)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    evidence = scan_field(
        Kind.EVIDENCE, label=_("Evidence"), help_text=_("JPEG, PNG, WebP or PDF, if there is something to show.")
    )


class ReturnForm(FormWithFiles):
    """Why goods go back, and what is wanted for them."""

    remedy = forms.ChoiceField(label=_("Wanted"), choices=GoodsReturn.Remedy, widget=forms.RadioSelect)
    fault = forms.ChoiceField(label=_("At fault"), choices=Fault, initial=Fault.VENDOR)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    evidence = scan_field(
        Kind.EVIDENCE, label=_("Photo"), help_text=_("JPEG, PNG, WebP or PDF, if there is something to show.")
    )


class ReversalForm(forms.Form):
    """Why a recorded payment was wrong."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class RefundForm(forms.Form):
    """How much of what is held goes back, and to which account what came by bank is sent."""

    amount = money_field(label=_("Amount (¥)"))
    name = forms.CharField(label=_("Account name"), max_length=120, required=False)
    bank = forms.CharField(label=_("Bank"), max_length=120, required=False)
    number = forms.CharField(label=_("Account number"), max_length=60, required=False)


class PaymentForm(FormWithFiles):
    """A bank transfer as the bank's receipt shows it."""

    amount = money_field(label=_("Amount (¥)"))
    transaction_number = forms.CharField(
        label=_("Bank serial number"),
        max_length=60,
        help_text=_("As printed on the bank's receipt; it is recorded once."),
    )
    paid_on = day_field(label=_("Paid on"))
    payer_name = forms.CharField(label=_("Payer"), max_length=120, required=False)
    voucher = scan_field(Kind.VOUCHER, label=_("Voucher"), help_text=_("The bank's receipt as PDF, JPEG, PNG or WebP."))


class SignedSheetForm(FormWithFiles):
    """A scan of the signed hand-out list."""

    sheet = PrivateFileField(
        kind=Kind.SIGNED_SHEET,
        label=_("Scan of the signed list"),
        help_text=_("PDF, JPEG, PNG or WebP; one sheet after the other."),
    )


class InvitationForm(forms.Form):
    """Whom to invite, with which roles."""

    invitee_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role, widget=forms.CheckboxSelectMultiple)


def as_local_input(moment: datetime) -> datetime:
    """A moment rounded to the minute, for an input's initial value."""
    return moment.replace(second=0, microsecond=0)
