"""The certificate form, made for a phone: a photograph and five lines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.models import Listing
from marketplace.fields import model_choice
from marketplace.files import Kind
from marketplace.held import FormWithFiles, PrivateFileField
from marketplace.parties.models import Vendor

from .fields import DayInput


class CertificateForm(FormWithFiles):
    """What a certificate says, and its photograph."""

    scan = PrivateFileField(
        kind=Kind.CERTIFICATE,
        label=_("Photograph of the certificate"),
        help_text=_("The whole sheet, in focus, from straight above. Everybody can see it once it is confirmed."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Please choose")), *Certificate.Kind.choices])
    system = forms.ChoiceField(
        label=_("System of the geographical indication"),
        choices=[("", _("none: another kind")), *Certificate.System.choices],
        required=False,
    )
    number = forms.CharField(
        label=_("Number"), max_length=60, help_text=_("As it is printed; of a production licence SC and 14 digits.")
    )
    issuer = forms.CharField(label=_("Issuing body"), max_length=100)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_to = forms.DateField(
        label=_("Valid until"), widget=DayInput, required=False, help_text=_("Empty where the sheet names no last day.")
    )
    listing = forms.ModelChoiceField(
        label=_("What it is for"),
        queryset=Listing.objects.none(),
        required=False,
        empty_label=_("everything we sell"),
    )

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "listing").queryset = vendor.listings.order_by("title", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day of a certificate cannot lie before its first."))
        if cleaned.get("kind") == Certificate.Kind.GI_MARK and not cleaned.get("system"):
            self.add_error("system", _("Say which of the three systems the geographical indication belongs to."))
        return cleaned


def initial_of(certificate: Certificate) -> dict[str, Any]:
    """What a renewal takes over: all but the number's photograph and its days."""
    return {name: getattr(certificate, name) for name in ("kind", "system", "number", "issuer", "listing")}
