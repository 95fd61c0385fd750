"""How a person is shown where the full name, phone or address is not needed. Pure, and the only place that knows."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """The family name and stars: 王**."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def masked_phone(phone: str) -> str:
    """The first three and last four digits: 138****5678; a short number keeps its last two."""
    digits = "".join(phone.split())
    if len(digits) >= 8:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if digits else ""


def masked_address(address: str) -> str:
    """The town, without street and door: 宣城市宣州****."""
    return f"{address[:6]}****" if address else ""
