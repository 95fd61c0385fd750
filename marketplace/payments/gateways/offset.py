"""Paid with what another invoice of the same organisation holds; no money moves."""

from __future__ import annotations

from datetime import date

from ...money import Money
from ..models import Invoice
from .base import Instruction, Receipt


class Offset:
    """The transaction number is the reference of the refund that released the money."""

    code = "offset"

    def instruction(self, invoice: Invoice) -> Instruction:
        """Nothing is to be transferred."""
        return Instruction("", "", "", invoice.remittance_reference, Money(0, invoice.amount_open.currency))

    def check(self, receipt: Receipt, *, today: date) -> Receipt:
        """Nothing to doubt: the platform itself wrote it."""
        return receipt


OFFSET = Offset()
