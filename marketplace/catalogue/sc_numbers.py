"""Numbers of food production licences: SC, three digits for the class of food, an area, a serial, a check digit. Pure.

[GB/T 17710 names the check system; that it is used here was found in no source, so a digit that does not fit is only said]
"""

from __future__ import annotations

import re

LICENCE = re.compile(r"SC(\d)(\d{2})(\d{6})(\d{4})(\d)")


def sc_class(number: str) -> str:
    """The class of food a licence is for, such as "114" for tea; '' when it is no such number."""
    found = LICENCE.fullmatch(number.strip().upper())
    return f"{found[1]}{found[2]}" if found else ""


def has_check_digit(number: str) -> bool:
    """Whether the last digit is the one that ISO 7064 MOD 11,10 gives for the others."""
    digits = number.strip().upper().removeprefix("SC")
    if not sc_class(number):
        return False
    carried = 10
    for digit in digits[:-1]:
        carried = (carried + int(digit)) % 10 or 10
        carried = carried * 2 % 11
    return (carried + int(digits[-1])) % 10 == 1
