"""Fields of forms about parties. They clean what was typed; they know no rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from .identifiers import normalised


class CreditCodeField(forms.CharField):
    """A unified social credit code, taken with the spaces, hyphens and full-width characters of the paper it is read from."""

    default_validators = [MaxLengthValidator(18)]

    def __init__(self, *, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label=label or _("unified social credit code"), required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Tidied before its length is looked at."""
        return normalised(super().to_python(value) or "")
