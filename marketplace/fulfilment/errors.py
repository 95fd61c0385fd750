"""Refusals about dispatch, receipt, acceptance, returns and handing out."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class NotAnswered(Refused):
    """Data: order."""

    sentence = _("Answer %(order)s first: say what you confirm and by when.")


class OwnPurchase(Refused):
    """Whoever asks for goods does not also certify that they came."""

    sentence = _("You asked for this purchase yourself, so another receiver has to count and accept the goods.")


class NothingToMove(Refused):
    """Data: line."""

    sentence = _("“%(line)s” is booked for no session, or nothing of it is left. There is nothing to move.")


class PartlyCarriedOut(Refused):
    """Data: line."""

    sentence = _("Of “%(line)s” something was carried out or a voucher was used, so it stays where it is.")


class BookedThereAlready(Refused):
    """Data: order, pack."""

    sentence = _("%(order)s has “%(pack)s” booked already. Choose another session.")


class NothingDispatched(Refused):
    sentence = _("Enter how many of at least one line you are sending.")


class MoreThanConfirmed(Refused):
    """Data: line, left."""

    sentence = _("“%(line)s”: only %(left)s are still to be sent.")


class CountDoesNotAddUp(Refused):
    """Data: line, sent."""

    sentence = _("“%(line)s”: received, short and damaged must add up to the %(sent)s that were sent.")


class AlreadyReceived(Refused):
    """Data: consignment."""

    sentence = _("%(consignment)s has been received already.")


class NothingToAccept(Refused):
    """Data: order."""

    sentence = _("Nothing of %(order)s has been received yet, so there is nothing to accept.")


class StillUnderWay(Refused):
    """Data: order."""

    sentence = _("A consignment of %(order)s has been sent and not received. Receive it first.")


class NotAllSent(Refused):
    """Data: order, quantity."""

    sentence = _(
        "%(quantity)s confirmed packs of %(order)s were never sent. Wait for them, or tick that you accept without them."
    )


class AlreadyAccepted(Refused):
    """Data: order."""

    sentence = _("%(order)s has been accepted already.")


class NotAccepted(Refused):
    """Data: order."""

    sentence = _("%(order)s has not been accepted yet.")


class MoreThanAccepted(Refused):
    """Data: line, left."""

    sentence = _("“%(line)s”: at most %(left)s can be returned.")


class NothingReturned(Refused):
    sentence = _("Enter how many of at least one line go back.")


class NotEverythingAccepted(Refused):
    sentence = _("The hand-out list is made once every order of this purchase has been accepted.")


class NothingToFile(Refused):
    sentence = _("Choose the scan of the signed list first.")


class NothingToHandOut(Refused):
    sentence = _("There is nothing to hand out: this purchase was not made for members, or nothing arrived.")


class NotYoursToAnswer(Refused):
    """Whoever asked does not also agree."""

    sentence = _("Your side asked for this, so the other side has to answer. You can withdraw it.")


class NotYoursToWithdraw(Refused):
    sentence = _("The other side asked for this: agree, or refuse with a reason.")


class ProposalClosed(Refused):
    """Data: proposal."""

    sentence = _("%(proposal)s has been answered or withdrawn already. Reload the page to see how.")


class ProposalOpen(Refused):
    """Data: proposal."""

    sentence = _("%(proposal)s is still waiting for an answer. Answer or withdraw it first.")


class NothingCancelled(Refused):
    sentence = _("Enter how many of at least one line are to be cancelled.")


class MoreThanUnsent(Refused):
    """Data: line, left."""

    sentence = _("“%(line)s”: only %(left)s have not been sent yet and can be cancelled.")


class ReturnTooLate(Refused):
    """Data: days."""

    sentence = _("Goods can be sent back within %(days)s days of their acceptance; that time is over.")


class NoReplacementDue(Refused):
    """Data: proposal."""

    sentence = _("No replacement is due on %(proposal)s. Reload the page to see where it stands.")


class ReplacementNotLate(Refused):
    """Data: day."""

    sentence = _("The vendor has until %(day)s to send the replacement; after that day you can have the money back.")


class NotLateYet(Refused):
    """Data: order."""

    sentence = _("The vendor still has time to answer %(order)s.")


class NotYetAnswered(Refused):
    """Data: order."""

    sentence = _(
        "%(order)s has not been answered yet, so no consent is needed: the buyer can cancel it, the vendor decline it."
    )


class PlaceMissing(Refused):
    """Data: order."""

    sentence = _("%(order)s goes to more than one place. Say which one this consignment goes to.")


class SentAndAttended(Refused):
    sentence = _("Goods that are sent and services at your place are recorded apart. Enter only one kind at a time.")


class NotYetHeld(Refused):
    """Data: line, day."""

    sentence = _("“%(line)s” takes place on %(day)s. Record who came from that day on.")


class NoVouchersHere(Refused):
    """Data: order."""

    sentence = _("Everything of %(order)s is sent, so it has no vouchers.")


class VoucherUnknown(Refused):
    sentence = _("There is no voucher with this code. Compare it with the paper and type it once more.")


class VoucherOfAnother(Refused):
    sentence = _("This is a voucher for another vendor. It is not for you to redeem.")


class VoucherReplaced(Refused):
    """Data: item."""

    sentence = _("This code was replaced by a new one, so it no longer works. Ask for the newer voucher of “%(item)s”.")


class VoucherUsed(Refused):
    """Data: item, at."""

    sentence = _("This voucher was used already, at %(at)s.")

    def __str__(self) -> str:
        moment = date_format(localtime(self.data["at"]), "DATETIME_FORMAT") if self.data.get("at") else ""
        return str(self.sentence) % {"at": moment}


class VoucherVoid(Refused):
    """Data: item."""

    sentence = _("“%(item)s” was cancelled, so this voucher is void.")


class VoucherExpired(Refused):
    """Data: item, day."""

    sentence = _("This voucher of “%(item)s” was valid until %(day)s.")


class VoucherTooEarly(Refused):
    """Data: item, day."""

    sentence = _("“%(item)s” takes place on %(day)s. The voucher is used from that day on.")


class VoucherNotYours(Refused):
    sentence = _("This is not your voucher.")


class MoreThanRedeemed(Refused):
    """Data: line, redeemed."""

    sentence = _(
        "Only %(redeemed)s vouchers of “%(line)s” were used. Accept no more than these, or write in the note why more came."
    )
