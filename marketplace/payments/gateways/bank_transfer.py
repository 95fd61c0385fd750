"""Bank transfer: the operator's account on the notice, the bank's serial number on the record."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

from ...conf import setting
from ..errors import AmountNotPositive, PaidInFuture
from ..models import Invoice
from .base import Instruction, Receipt


class BankTransfer:
    """Paid at a bank, recorded by the treasurer with the voucher."""

    code = "bank_transfer"

    def instruction(self, invoice: Invoice) -> Instruction:
        """Payee and account from the settings, what is still open, and the reference that finds the invoice."""
        return Instruction(
            payee_name=setting("PAYEE_NAME"),
            payee_bank=setting("PAYEE_BANK"),
            payee_account=setting("PAYEE_ACCOUNT"),
            remittance_reference=invoice.remittance_reference,
            amount=invoice.amount_open,
        )

    def check(self, receipt: Receipt, *, today: date) -> Receipt:
        """Serial number without spaces and in half-width; ``AmountNotPositive``, ``PaidInFuture``."""
        if receipt.amount.amount <= 0:
            raise AmountNotPositive()
        if receipt.paid_on > today:
            raise PaidInFuture()
        number = "".join(unicodedata.normalize("NFKC", receipt.transaction_number).split()).upper()
        return replace(receipt, transaction_number=number)


BANK_TRANSFER = BankTransfer()
