"""What a way of paying must offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ...money import Money
from ..models import Invoice


@dataclass(frozen=True, slots=True)
class Instruction:
    """How to pay one invoice: what stands on the payment notice."""

    payee_name: str
    payee_bank: str
    payee_account: str
    remittance_reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the outside says was paid: one transaction, once."""

    transaction_number: str
    amount: Money
    paid_on: date
    payer_name: str = ""


class Gateway(Protocol):
    """A way of paying. ``code`` is stored with each payment."""

    code: str

    def instruction(self, invoice: Invoice) -> Instruction:
        """What the payer needs to know."""
        ...

    def check(self, receipt: Receipt, *, today: date) -> Receipt:
        """The receipt as it will be stored; raises ``Refused`` when it cannot be true."""
        ...
