"""Redeeming vouchers on a phone: type the code or scan it, see at once what it is, and press once."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache

from marketplace.conf import setting
from marketplace.errors import Refused
from marketplace.fulfilment.codes import plain_code, printed_code
from marketplace.fulfilment.vouchering import Finding, Look, look_up
from marketplace.fulfilment.vouchers import Voucher
from marketplace.parties.actions import office_day

from ..fulfilment import actions
from .access import own_vendors

HOUR = 3600
LATEST = 10  # redeemed of late, shown below the form


class CodeForm(forms.Form):
    """A code as it stands on the voucher."""

    code = forms.CharField(
        label=gettext_lazy("Code of the voucher"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code-input"}
        ),
        help_text=gettext_lazy(
            "Twelve letters and figures, such as ABCD-2345-EFGH. Or scan the square with the camera."
        ),
    )

    def clean_code(self) -> str:
        code = plain_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("A code has twelve letters and figures, without 0, O, 1 and I. Compare it with the paper.")
            )
        return code


@login_required
@never_cache
def redeem(request: HttpRequest) -> HttpResponse:
    """Type a code; below it, what was redeemed of late."""
    vendors = own_vendors(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("vendors:voucher", form.cleaned_data["code"])
    latest = Voucher.objects.filter(line__order__vendor__in=vendors, redeemed_at__isnull=False)
    context = {"form": form, "latest": latest.select_related("line__order").order_by("-redeemed_at", "-pk")[:LATEST]}
    return render(request, "vendors/redeem.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def voucher(request: HttpRequest, code: str) -> HttpResponse:
    """What a code is: valid, used, expired or of another vendor. Looking changes nothing; the button redeems it."""
    vendors, now = own_vendors(request), timezone.now()
    if _guesses(request) >= setting("VOUCHER_MISSES_PER_HOUR"):
        return render(request, "vendors/voucher.html", {"look": None}, status=429)
    if request.method == "POST":
        try:
            used = actions.redeem_voucher(code=code, by=request.user, at=now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Redeemed: %(item)s.") % {"item": used.line})
            return redirect("vendors:redeem")
    look = look_up(code=code, vendors=[vendor.pk for vendor in vendors], on=office_day(now))
    if look.finding == Finding.UNKNOWN:
        _count_guess(request)
    context = {"look": look, "word": _word(look), "code": printed_code(plain_code(code)) or code[:40]}
    return render(request, "vendors/voucher.html", context, status=404 if look.finding == Finding.UNKNOWN else 200)


def _word(look: Look) -> str:
    """The finding as a heading."""
    return {
        Finding.VALID: pgettext("voucher", "Valid"),
        Finding.USED: _("Used already"),
        Finding.EXPIRED: _("Expired"),
        Finding.VOID: _("Void"),
        Finding.REPLACED: _("Replaced by a new code"),
        Finding.TOO_EARLY: _("Not yet"),
        Finding.OF_ANOTHER: _("Of another vendor"),
        Finding.UNKNOWN: _("Unknown code"),
    }[look.finding]


def _key(request: HttpRequest) -> str:
    return f"vendors-voucher-misses-{request.user.pk}"


def _guesses(request: HttpRequest) -> int:
    return int(cache.get(_key(request), 0))


def _count_guess(request: HttpRequest) -> None:
    cache.add(_key(request), 0, timeout=HOUR)
    cache.incr(_key(request))
