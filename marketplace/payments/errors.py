"""Refusals about invoices, payments and fapiao."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Failed, Refused


class PaymentAlreadyRecorded(Refused):
    """Data: transaction."""

    sentence = _("The bank transfer %(transaction)s has been recorded already, so it was not counted twice.")


class AmountNotPositive(Refused):
    sentence = _("The amount paid must be more than zero.")


class PaidInFuture(Refused):
    sentence = _("The day of the payment lies in the future. Enter the day on the bank's receipt.")


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


class FapiaoTaxWrong(Refused):
    """Data: tax, wanted, tolerance."""

    sentence = _(
        "The fapiao shows %(tax)s of tax, but %(wanted)s is contained in the accepted amount (up to %(tolerance)s may "
        "differ by rounding). Have it reissued at the rates of the order."
    )


class FapiaoAlreadyMatched(Refused):
    """Data: order."""

    sentence = _("%(order)s already has a matching fapiao.")


class FapiaoDateWrong(Refused):
    sentence = _("The day of the fapiao must not lie in the future, nor before the order was placed.")


class NoFapiaoWanted(Refused):
    """Data: order."""

    sentence = _("The buyer of %(order)s wants no fapiao.")


class NoFapiao(Refused):
    """Data: order."""

    sentence = _("%(order)s has no fapiao that could be voided.")


class PaymentReversed(Refused):
    """Data: transaction."""

    sentence = _("The payment %(transaction)s has been reversed already.")


class PaymentProven(Refused):
    sentence = _("This payment was reported by the payment service itself, so it can be refunded but not reversed.")


class OwnRecord(Refused):
    sentence = _(
        "You recorded this payment yourself, so another treasurer, an approver or the administrator has to reverse it."
    )


class PaymentRefunded(Refused):
    """Data: transaction."""

    sentence = _("Money of the payment %(transaction)s is already going back, so it can no longer be reversed.")


class NothingToRefund(Refused):
    sentence = _("Nothing is held for you on this invoice, so there is nothing to pay back.")


class RefundTooLarge(Refused):
    """Data: amount, held."""

    sentence = _("At most %(held)s can go back: that is what is held for you. You asked for %(amount)s.")


class RefundAccountMissing(Refused):
    sentence = _("Write whom the money goes back to: account name, bank and account number.")


class RefundClosed(Refused):
    """Data: refund."""

    sentence = _("%(refund)s is done or has failed already, so nothing was changed.")


class RefundNeedsOperator(Refused):
    sentence = _("Only the operator sends money back from the platform's account.")


class NothingOpenToPay(Refused):
    """Data: invoice."""

    sentence = _("Nothing is open on %(invoice)s, so nothing can be paid towards it.")


class OnlinePaymentOff(Refused):
    sentence = _("Paying online is not offered here. Please pay by bank transfer.")


class AmountNotForOnline(Refused):
    """Data: amount, least, most."""

    sentence = _(
        "%(amount)s with tax and freight cannot be paid online (from %(least)s to %(most)s). Please pay by bank transfer."
    )


class ProcessorDown(Failed):
    sentence = _(
        "The payment service does not answer at the moment. Nothing was charged: try again in a few minutes, "
        "or pay by bank transfer."
    )


class ProcessorRefused(Failed):
    """Data: reason."""

    sentence = _("The payment service did not accept the request: %(reason)s Please pay by bank transfer.")


class SignatureWrong(Refused):
    """A message that does not come from the payment service, or is too old."""

    sentence = _("The message's signature is wrong or too old, so nothing was done.")
