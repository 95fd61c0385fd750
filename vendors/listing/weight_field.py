"""A weight as people type it: "2.5 kg", "500 g", "5斤"; a bare number is kilograms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.catalogue.weights import parse_grams, weight_words


class WeightField(forms.CharField):
    """Cleans to whole grams; ``None`` when left empty."""

    def prepare_value(self, value: Any) -> Any:
        return weight_words(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_grams(text)
        except ValueError:
            raise ValidationError(_("Enter a weight such as 2.5 kg or 500 g."), code="invalid") from None
