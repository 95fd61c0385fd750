"""Refusals about purchases made elsewhere."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ...errors import Refused


class NotForIndividuals(Refused):
    sentence = _("Purchases made elsewhere are entered by organisations, not by individuals.")


class NothingEntered(Refused):
    sentence = _("Enter at least one line: what was bought, where it comes from, and its amount.")


class SellerMissing(Refused):
    sentence = _("Enter the seller's name as it stands on the receipt.")


class HelpedBuyerMissing(Refused):
    sentence = _("You helped to sell: enter who bought, such as residents of the community or members' families.")


class NotYetBought(Refused):
    """Data: day."""

    sentence = _("%(day)s is still to come. Enter a purchase after it was made.")


class BoughtTooLongAgo(Refused):
    """Data: day, earliest."""

    sentence = _("%(day)s is too long ago. Purchases made on %(earliest)s or later can still be entered.")


class PlaceNotPaired(Refused):
    """Data: place."""

    sentence = _("%(place)s does not lie in a county paired with yours on that day, so it cannot be counted.")


class CampaignDoesNotFit(Refused):
    """Data: campaign."""

    sentence = _(
        "“%(campaign)s” is a campaign for another county than the produce comes from. Choose another, or none."
    )


class FapiaoNumberWrong(Refused):
    """Data: number."""

    sentence = _(
        "%(number)s is not a fapiao number: it has 20 digits. From an older paper fapiao enter its code and number together."
    )


class FapiaoOfAnOrder(Refused):
    """Data: number, order."""

    sentence = _("Fapiao %(number)s belongs to order %(order)s on this platform, which is counted there already.")


class OrderOfThisPlatform(Refused):
    """Data: order."""

    sentence = _("%(order)s was bought on this platform, so it is counted there already.")


class FapiaoEnteredBefore(Refused):
    """Data: number, where."""

    sentence = _("Fapiao %(number)s has been entered already: %(where)s. Each purchase counts once.")


class ReferenceEnteredBefore(Refused):
    """Data: number, where."""

    sentence = _("Order number %(number)s has been entered already: %(where)s. Each purchase counts once.")


class EnteredAtOnce(Refused):
    sentence = _("Somebody has just entered a purchase with the same number. Look for it before you enter it again.")


class CountedElsewhere(Refused):
    """A vendor enters a fapiao that a buyer has handed in for a purchase made elsewhere. Data: number, purchase."""

    sentence = _(
        "Fapiao %(number)s stands on %(purchase)s, entered as bought elsewhere. Ask the buyer to withdraw that first."
    )


class VoucherMissing(Refused):
    sentence = _("Add a voucher first: a photo or scan of the receipt, the order or the fapiao.")


class TooManyVouchers(Refused):
    """Data: most."""

    sentence = _("One purchase can have %(most)s vouchers at most. Put several pages into one PDF.")


class NoLongerMendable(Refused):
    """Data: purchase, state."""

    sentence = _("%(purchase)s is “%(state)s”, so it can no longer be changed.")


class NotYoursToCheck(Refused):
    """Whoever entered it, or works for the buyer, does not also check it."""

    sentence = _("An officer of the buyer's county checks this, who neither entered it nor works for the buyer.")


class ChangedMeanwhile(Refused):
    """Data: purchase."""

    sentence = _("%(purchase)s was changed and submitted again since you opened it. Look at it once more.")


class VoidingOpen(Refused):
    """Data: purchase."""

    sentence = _("Voiding %(purchase)s has been asked for already, and waits for a second person.")


class VoidingClosed(Refused):
    """Data: purchase."""

    sentence = _("Voiding %(purchase)s has been decided already. Reload the page to see how.")


class SecondPersonNeeded(Refused):
    sentence = _(
        "You asked for this yourself, or work for the buyer. Another officer of the county or the operator decides."
    )


class SheetUnreadable(Refused):
    """Data: reason."""

    sentence = _("This file could not be read as a sheet of purchases: %(reason)s")


class SheetHasRefusedRows(Refused):
    """Data: count."""

    sentence = _(
        "%(count)s rows cannot be taken as they are, so nothing was entered. Mend them and upload the file again."
    )


class SheetAlreadyApplied(Refused):
    sentence = _("This sheet has been entered already. Its purchases stand in the list.")


class SheetMovedOn(Refused):
    """Something changed between preview and confirmation."""

    sentence = _("Something has changed since this preview. Look at the new preview below and confirm again.")
