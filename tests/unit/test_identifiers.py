"""The unified social credit code: both check digits, and what its prefix suggests."""

from __future__ import annotations

import pytest

from marketplace.parties.identifiers import is_valid, normalised, suggested_kind, suggested_vendor_kind
from marketplace.parties.models import BuyerOrganisation, Vendor

RIGHT = "91350100M000100Y43"  # the example printed with GB 32100-2015


@pytest.mark.parametrize("code", [RIGHT, "81341802MA8TEXT17U", "51341802MA8TEXT17Y", "N2341523MA8TEXT178"])
def test_a_right_code_is_valid(code: str) -> None:
    assert is_valid(code)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_character_anywhere_is_noticed(place: int) -> None:
    other = "2" if RIGHT[place] != "2" else "3"
    assert not is_valid(RIGHT[:place] + other + RIGHT[place + 1 :])


def test_two_neighbours_changed_about_are_noticed() -> None:
    swapped = [RIGHT[:i] + RIGHT[i + 1] + RIGHT[i] + RIGHT[i + 2 :] for i in range(17) if RIGHT[i] != RIGHT[i + 1]]
    assert [code for code in swapped if is_valid(code)] == []


@pytest.mark.parametrize("code", ["", RIGHT[:-1], RIGHT + "1", RIGHT.lower(), "I" + RIGHT[1:], "９１" + RIGHT[2:]])
def test_what_is_no_code_is_not_valid(code: str) -> None:
    assert not is_valid(code)


def test_a_typed_code_is_tidied_before_it_is_checked() -> None:
    assert normalised("９１３５０１００-m000１００ｙ４３\u3000 ") == RIGHT
    assert is_valid(normalised(" 91350100 m000100y 43"))


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("81", "trade_union"),
        ("51", "social_organisation"),
        ("52", "social_organisation"),
        ("53", "social_organisation"),
        ("11", "agency"),
        ("12", "institution"),
        ("91", "company"),
        ("８１", "trade_union"),
    ],
)
def test_the_prefix_suggests_the_buyers_kind(prefix: str, kind: str) -> None:
    assert suggested_kind(prefix + RIGHT[2:]) == kind
    assert kind in BuyerOrganisation.Kind.values


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("93", "cooperative"),
        ("92", "individual_business"),
        ("91", "company"),
        ("N2", "village_collective"),
        ("n1", "village_collective"),
    ],
)
def test_the_prefix_suggests_the_vendors_kind(prefix: str, kind: str) -> None:
    assert suggested_vendor_kind(prefix + RIGHT[2:]) == kind
    assert kind in Vendor.Kind.values


@pytest.mark.parametrize("code", ["", "Y1", "99350100M000100Y43"])
def test_an_unknown_prefix_suggests_nothing(code: str) -> None:
    assert suggested_kind(code) is None
    assert suggested_vendor_kind(code) is None
