"""What a way of paying must offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class Session:
    """A payment page that was opened, or looked at again, at a payment service.

    ``state`` is ``open``, ``paid``, ``processing`` (the payer is through, the money is not) or ``ended``.
    """

    id: str
    url: str
    state: str
    reference: str
    amount: Money
    transaction_number: str = ""


@dataclass(frozen=True, slots=True)
class RefundReport:
    """Where a refund stands at the service: ``state`` is ``done``, ``pending`` or ``failed``."""

    id: str
    state: str
    reference: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What the service says has happened: about a ``session`` or a ``refund`` (its id), or nothing of ours."""

    id: str
    kind: str
    about: str
    subject: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One payment (positive) or refund (negative) in the service's own books."""

    id: str
    amount: Money
    at: datetime
    reference: str


class Gateway(Protocol):
    """A way of paying. ``code`` is stored with each payment."""

    code: str

    def instruction(self, invoice: Invoice) -> Instruction:
        """What the payer needs to know."""
        ...

    def check(self, receipt: Receipt, *, today: date) -> Receipt:
        """The receipt as it will be stored; raises ``Refused`` when it cannot be true."""
        ...
