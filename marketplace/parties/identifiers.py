"""The unified social credit code: its check digits and what its prefix suggests. Pure.

GB 32100-2015 (check digit) and GB 11714 (organisation code within). A wrong digit
warns and never blocks: early trial codes in use break the standard.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

KIND_BY_PREFIX = {
    "11": "agency",
    "12": "institution",
    "13": "social_organisation",
    "51": "social_organisation",
    "52": "social_organisation",
    "53": "social_organisation",
    "81": "trade_union",
    "91": "company",
}

VENDOR_KIND_BY_PREFIX = {
    "91": "company",
    "92": "individual_business",
    "93": "cooperative",
    "N1": "village_collective",
    "N2": "village_collective",
    "N3": "village_collective",
}


def normalised(code: str) -> str:
    """The code in half-width capitals without spaces or hyphens."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in code)
    return half.upper().replace(" ", "").replace("-", "").replace("\u3000", "")


def is_valid(code: str) -> bool:
    """Whether an 18-character code has the right alphabet and both right check digits."""
    if len(code) != 18 or any(character not in ALPHABET for character in code):
        return False
    weighted = sum(ALPHABET.index(character) * pow(3, i, 31) for i, character in enumerate(code[:17]))
    return ALPHABET[-weighted % 31] == code[17] and _organisation_digit(code[8:16]) == code[16]


def _organisation_digit(first_eight: str) -> str:
    weighted = sum(
        ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(first_eight, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - weighted % 11]


def suggested_kind(code: str) -> str | None:
    """The buyer's kind (a value of ``BuyerOrganisation.Kind``) its prefix suggests, or ``None``."""
    return KIND_BY_PREFIX.get(normalised(code)[:2])


def suggested_vendor_kind(code: str) -> str | None:
    """The vendor's kind (a value of ``Vendor.Kind``) its prefix suggests, or ``None``."""
    return VENDOR_KIND_BY_PREFIX.get(normalised(code)[:2])
