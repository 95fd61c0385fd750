"""The form by which a correction of attribution is asked for, by buyers and officers alike."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..allowances.models import FundSource, Purpose
from ..fields import model_choice
from ..orders.models import PurchaseOrder
from ..programme.models import Campaign
from .corrections import Attribution


class CorrectionForm(forms.Form):
    """What an order should be counted for, and why."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("no campaign")
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose)
    fund_source = forms.ChoiceField(label=_("Fund source"), choices=FundSource)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(order, name) for name in ("campaign", "purpose", "fund_source")}
        model_choice(self, "campaign").queryset = Campaign.objects.filter(pairing=order.pairing)
        if order.requisition.group_order_id is not None:  # as the members' allowances were granted
            for name in ("purpose", "fund_source"):
                self.fields[name].disabled = True

    def attribution(self) -> Attribution:
        """What is wanted, once valid."""
        cleaned = self.cleaned_data
        return Attribution(cleaned["campaign"], cleaned["purpose"], cleaned["fund_source"])
