"""``MoneyField``: integer minor units in the database, ``Money`` in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .conf import currency
from .money import MINOR_UNITS, Money

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    class _Column(models.Field[In, Out]):
        """What goes into the column and what comes out of it, in the words of django-stubs."""

        _pyi_private_set_type: Money | Combinable
        _pyi_private_get_type: Money
        _pyi_lookup_exact_type: Money | int

else:

    class _Column(models.BigIntegerField):
        def __class_getitem__(cls, _types: object) -> type:
            return cls


def model_choice(form: forms.BaseForm, name: str) -> forms.ModelChoiceField[Any]:
    """The form's field of that name, which chooses among rows."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} is no choice among rows")
    return field


def choice(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The form's field of that name, which chooses among words."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no choice")
    return field


class MoneyFormField(forms.DecimalField):
    """Typed in yuan ("38.50", full-width digits welcome); cleans to ``Money``."""

    def __init__(self, *, min_value: Money | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        least = None if min_value is None else min_value.decimal
        super().__init__(min_value=least, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.decimal if isinstance(value, Money) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Money):
            return value.decimal
        if isinstance(value, str) and value.strip():
            try:
                return Money.parse(value, currency()).decimal
            except ValueError:
                raise ValidationError(
                    _("Enter an amount in yuan with at most two decimals, such as 38.50."), code="invalid"
                ) from None
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else Money.parse(str(number), currency())


class MoneyField(_Column[In, Out]):
    """A ``bigint`` of minor units. Decimals on SQLite are floats and lose fen; this does not."""

    description = _("Amount of money")

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if isinstance(kwargs.get("default"), Money):
            kwargs["default"] = kwargs["default"].amount
        return name, path, args, kwargs

    def _to_money(self, value: Any) -> Money | None:
        return None if value is None else Money(int(value), currency())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Money | None:
        return self._to_money(value)

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, Money):
            return value
        return self._to_money(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Money):
            if value.currency != currency():
                raise ValueError(f"this installation trades in {currency()}, not {value.currency}")
            value = value.amount
        return super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        value: Any = self.value_from_object(obj)
        return "" if value is None else str(value.amount)

    def get_db_converters(self, connection: Any) -> list[Any]:
        return [self.from_db_value]

    @property
    def validators(self) -> list[Any]:
        return []

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": MoneyFormField, "min_value": None, **kwargs})


__all__ = ["MINOR_UNITS", "MoneyField", "MoneyFormField", "choice", "model_choice"]


def whole_number(text: str, *, digits: int = 9) -> int | None:
    """What somebody typed or an address says, as a whole number; ``None`` when it is none, or longer than a column holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
