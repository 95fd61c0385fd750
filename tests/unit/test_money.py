"""Money: exact, read as people write it, and written as they read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from marketplace.fields import MoneyFormField
from marketplace.money import Money, total, yuan
from marketplace.sheets import safe
from marketplace.templatetags.marketplace import fen, money, percent_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("38", 3800), ("38.5", 3850), ("38.50", 3850), ("0.01", 1), ("1,234.50", 123450), ("¥38", 3800),
        ("￥３８．５０", 3850), (" 38 ", 3800), ("-5", -500), ("0", 0),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written(text: str, amount: int) -> None:
    assert Money.parse(text) == Money(amount)


@pytest.mark.parametrize(
    "text", ["", "x", "38.505", "1.001", "NaN", "Infinity", "3 8", "¥", "1.2.3", "1e2", "1e999999", "9" * 30]
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        Money.parse(text)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(0), "¥0.00"), (Money(1), "¥0.01"), (Money(3850), "¥38.50"), (Money(123456789), "¥1,234,567.89"),
        (Money(-500), "¥-5.00"), (Money(1234, "USD"), "US$12.34"), (Money(1234, "JPY"), "JP¥1,234"),
    ],
)  # fmt: skip
def test_an_amount_is_written_with_two_places_and_thousands(amount: Money, text: str) -> None:
    assert str(amount) == text


@pytest.mark.parametrize(("amount", "text"), [(yuan(5), "¥5.00"), (yuan(-5), "−¥5.00"), (None, "—")])
def test_pages_show_a_real_minus_and_a_dash_for_nothing(amount: Money | None, text: str) -> None:
    assert money(amount) == text


def test_scripts_get_whole_fen() -> None:
    assert (fen(yuan("38.50")), fen(None)) == (3850, 0)


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 3, 33), (5, 4, 100), (-1, 4, 0), (1, 0, 0), (0, 4, 0)])
def test_a_percentage_stays_between_nothing_and_all(part: int, whole: int, percent: int) -> None:
    assert percent_of(yuan(part), yuan(whole)) == percent


@pytest.mark.parametrize("amount", [1.0, "1", Decimal(1), True, None])
def test_money_counts_whole_minor_units_only(amount: Any) -> None:
    with pytest.raises(TypeError):
        Money(amount)


@pytest.mark.parametrize("factor", [1.5, Decimal("0.1"), True, Money(2)])
def test_money_is_multiplied_by_whole_counts_only(factor: Any) -> None:
    with pytest.raises(TypeError):
        Money(100) * factor


def test_arithmetic_is_exact() -> None:
    assert yuan("0.10") + yuan("0.20") == yuan("0.30")
    assert yuan("0.10") * 3 == 3 * yuan("0.10") == yuan("0.30")
    assert -yuan(1) - yuan(2) == yuan(-3)
    assert (bool(yuan(0)), bool(Money(1))) == (False, True)
    assert sorted([yuan(2), yuan(1)]) == [yuan(1), yuan(2)]


@pytest.mark.parametrize("other", [Money(1, "USD")])
def test_currencies_do_not_mix(other: Money) -> None:
    for step in (lambda: Money(1) + other, lambda: Money(1) - other, lambda: Money(1) < other):
        with pytest.raises(ValueError, match="cannot mix"):
            step()


def test_money_and_numbers_do_not_mix() -> None:
    with pytest.raises(TypeError):
        Money(1) + 1
    assert Money(1) != 1


def test_a_split_gives_the_odd_fen_to_the_earlier() -> None:
    assert Money(100).split([1, 1, 1]) == [Money(34), Money(33), Money(33)]
    assert Money(-100).split([1, 1, 1]) == [Money(-33), Money(-33), Money(-34)]
    assert Money(5).split([0, 1]) == [Money(0), Money(5)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(5).split(weights)


def test_a_total_of_nothing_is_zero_in_its_currency() -> None:
    assert total([]) == Money(0)
    assert total([], "USD") == Money(0, "USD")
    assert total([yuan(1), yuan(2)]) == yuan(3)


@pytest.mark.parametrize(("typed", "amount"), [("38.50", 3850), ("３８.５", 3850), ("¥1,000", 100000)])
def test_a_form_takes_what_people_type(typed: str, amount: int) -> None:
    assert MoneyFormField().clean(typed) == Money(amount)


@pytest.mark.parametrize("typed", ["38.505", "viel", "", "0"])
def test_a_form_says_what_is_wrong(typed: str) -> None:
    with pytest.raises(ValidationError):
        MoneyFormField(min_value=Money(1)).clean(typed)


@pytest.mark.parametrize(
    ("value", "cell"),
    [(yuan("38.50"), Decimal("38.50")), ("=1+1", "'=1+1"), ("+86", "'+86"), ("@x", "'@x"), ("茶", "茶"), (7, 7)],
)
def test_a_sheet_gets_numbers_and_no_formulas(value: Any, cell: Any) -> None:
    assert safe(value) == cell
