"""Refusals about invoices, payments and fapiao."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class PaymentAlreadyRecorded(Refused):
    """Data: transaction."""

    sentence = _("The bank transfer %(transaction)s has been recorded already, so it was not counted twice.")


class AmountNotPositive(Refused):
    sentence = _("The amount paid must be more than zero.")


class PaidInFuture(Refused):
    sentence = _("The day of the payment lies in the future. Enter the day on the bank's receipt.")


class VoucherUnusable(Refused):
    """Data: reason."""

    sentence = _("The voucher cannot be kept: %(reason)s")


class FapiaoNumberWrong(Refused):
    sentence = _("A fully digital fapiao's number has exactly 20 digits. Check it against the fapiao.")


class FapiaoAlreadyUsed(Refused):
    """Data: number."""

    sentence = _("The fapiao %(number)s has been entered already for another order.")


class FapiaoTitleWrong(Refused):
    """Data: title, wanted."""

    sentence = _(
        "The fapiao must be made out to “%(wanted)s”, not to “%(title)s”. Have it reissued and enter the new one."
    )


class FapiaoAmountWrong(Refused):
    """Data: amount, wanted."""

    sentence = _("The fapiao says %(amount)s, but %(wanted)s was accepted. Have it reissued for the accepted amount.")


class FapiaoAlreadyMatched(Refused):
    """Data: order."""

    sentence = _("%(order)s already has a matching fapiao.")


class FapiaoDateWrong(Refused):
    sentence = _("The day of the fapiao must not lie in the future, nor before the order was placed.")
