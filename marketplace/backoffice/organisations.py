"""The operator founds an organisation and invites its first administrator, who invites the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import model_choice
from ..parties import actions, identifiers
from ..parties.forms import CreditCodeField
from ..parties.models import BuyerOrganisation, DeliveryPoint, Role
from ..parties.selectors import open_organisations
from ..programme.models import Region

if TYPE_CHECKING:
    _OrganisationForm = forms.ModelForm[BuyerOrganisation]
else:
    _OrganisationForm = forms.ModelForm


class OrganisationForm(_OrganisationForm):
    """The organisation, its delivery point, and whom to invite first."""

    social_credit_code = CreditCodeField()
    kind = forms.ChoiceField(
        label=_("kind"),
        choices=[("", _("as the code suggests")), *BuyerOrganisation.Kind.choices],
        required=False,
    )
    point_name = forms.CharField(label=_("delivery point"), max_length=60)
    address = forms.CharField(label=_("address"), max_length=200)
    contact_name = forms.CharField(label=_("contact"), max_length=60)
    phone = forms.CharField(label=_("phone"), max_length=20)
    administrator = forms.CharField(label=_("first administrator"), max_length=60)

    class Meta:
        model = BuyerOrganisation
        fields = ["name", "slug", "social_credit_code", "region", "fapiao_title"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [Region.Level.COUNTY, Region.Level.TOWNSHIP]
        model_choice(self, "region").queryset = Region.objects.filter(level__in=levels)
        self.fields["fapiao_title"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        code = cleaned.get("social_credit_code") or ""
        cleaned["kind"] = cleaned.get("kind") or identifiers.suggested_kind(code) or ""
        if not cleaned["kind"]:
            self.add_error("kind", _("The code suggests no kind. Choose one."))
        cleaned["fapiao_title"] = cleaned.get("fapiao_title") or cleaned.get("name", "")
        return cleaned


def found_organisation(request: HttpRequest) -> HttpResponse:
    """Found one; the invitation's link is shown once. A wrong check digit warns and does not block."""
    form = OrganisationForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        organisation, token = _found(request, form)
        link = request.build_absolute_uri(reverse("marketplace:join", args=[token]))
        code = organisation.social_credit_code
        if code and not identifiers.is_valid(code):
            messages.warning(
                request, _("The check digit of %(code)s is wrong. It was kept; please compare it.") % {"code": code}
            )
        form = OrganisationForm()
    context = {"form": form, "link": link, "organisations": open_organisations().select_related("region")}
    return render(request, "marketplace/backoffice/organisations.html", context)


@transaction.atomic
def _found(request: HttpRequest, form: OrganisationForm) -> tuple[BuyerOrganisation, str]:
    cleaned, now = form.cleaned_data, timezone.now()
    organisation = form.save(commit=False)
    organisation.kind, organisation.created_at = cleaned["kind"], now
    organisation.fapiao_title = cleaned["fapiao_title"]
    organisation.save()
    DeliveryPoint.objects.create(
        organisation=organisation,
        name=cleaned["point_name"],
        address=cleaned["address"],
        contact_name=cleaned["contact_name"],
        phone=cleaned["phone"],
    )
    _invitation, token = actions.invite(
        organisation=organisation,
        invitee_name=cleaned["administrator"],
        roles=[Role.ADMINISTRATOR],
        by=request.user,
        at=now,
    )
    return organisation, token
