"""Refusals about listings and stock."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class ListingInReview(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” is being reviewed and cannot be changed until the officer has answered.")


class ListingNotInReview(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” is not waiting for review: somebody has answered already, or it was never submitted.")


class ReviewOutdated(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” has changed since this review was opened. Open it again and look once more.")


class ReasonMissing(Refused):
    sentence = _("Write the reason, so that the other side knows what to change.")


class ListingIncomplete(Refused):
    """Data: missing (a translated list of what is missing)."""

    sentence = _("Before you submit, please add: %(missing)s.")


class LadderBroken(Refused):
    """Data: pack."""

    sentence = _("The price tiers of “%(pack)s” must rise in quantity and fall in price, all below the unit price.")


class InsufficientStock(Refused):
    """Data: shortfalls, a list of (pack label, wanted, available)."""

    sentence = _("Not enough stock: %(lines)s. Nothing was placed.")


class StockBelowReserved(Refused):
    """Data: pack, reserved."""

    sentence = _("%(reserved)s of “%(pack)s” are already promised to orders, so the stock cannot be lower than that.")


class AreaTwice(Refused):
    sentence = _("An area stands twice in the freight rule. Say each of them once.")


class ElsewhereMissing(Refused):
    sentence = _("Say as well what delivery to everywhere else costs, or that you do not deliver there.")


class NotDelivered(Refused):
    """Data: vendors (a readable list), place."""

    sentence = _("%(vendors)s does not deliver to %(place)s. Choose another delivery point, or take these goods out.")


class TooManyWishes(Refused):
    """More from one address within an hour than people write."""

    sentence = _("Many notes came from your network within the hour. Please try again later.")


class WishWithoutWords(Refused):
    sentence = _("Write what you were looking for.")


class HarvestOversold(Refused):
    """Data: promised, capacity (weights in words)."""

    sentence = _("%(promised)s of this harvest are already promised to orders; %(capacity)s are not enough.")


class NetWeightMissing(Refused):
    """Data: packs (a readable list)."""

    sentence = _("Say the net weight of %(packs)s: what the harvest gives is shared out by it.")


class LinkageGone(Refused):
    sentence = _("The vendor has changed this statement. Open the listing again and look once more.")


class CertificateAnswered(Refused):
    """Data: certificate."""

    sentence = _("“%(certificate)s” has been answered already, or taken back by its vendor.")


class ValidityBackwards(Refused):
    sentence = _("The last day of a certificate cannot lie before its first.")


class SystemMissing(Refused):
    sentence = _("Say which of the three systems the geographical indication belongs to.")


class ListingPaused(Refused):
    """Data: listing."""

    sentence = _(
        "“%(listing)s” takes no new orders: a certificate has run out. What was ordered before goes on; choose something else."
    )


class NotYetSold(Refused):
    """Data: listing, day."""

    sentence = _("Advance orders of “%(listing)s” are taken from %(day)s on.")


class NoLongerSold(Refused):
    """Data: listing, day."""

    sentence = _("Advance orders of “%(listing)s” were taken until %(day)s. Ask the vendor, or choose something else.")


class NothingToReview(Refused):
    """Data: listing."""

    sentence = _("Nothing of “%(listing)s” has changed since it was published, so there is nothing to submit.")


class ListingDelisted(Refused):
    """Data: listing."""

    sentence = _("An officer took “%(listing)s” off the shelf. Say what was mended and ask for re-entry instead.")


class ListingNotDelisted(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” is not delisted, or has been admitted again already.")


class PriceEvidenceMissing(Refused):
    """Data: listings (a readable list)."""

    sentence = _("Show evidence of the price first (like goods sold elsewhere): %(listings)s.")


class EvidenceShowsNothing(Refused):
    sentence = _("Give a link or a paper: one of them has to show the price.")


class EvidenceOfTheFuture(Refused):
    sentence = _("The price was seen on a day that has not come yet. Mend the day.")


class ListingNotPublished(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” is not on the shelf, so it cannot be taken off.")


class ReEntryTooEarly(Refused):
    """Data: day."""

    sentence = _("Re-entry can be asked for from %(day)s on.")


class SoldBySession(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” is sold by session: its places are set there, and a session is chosen to book it.")


class SessionClosed(Refused):
    """Data: session, day."""

    sentence = _("“%(session)s” could be booked until %(day)s. Choose a later session.")


class SessionCalledOff(Refused):
    """Data: session."""

    sentence = _("“%(session)s” was called off. Choose another session.")


class SessionOver(Refused):
    """Data: session."""

    sentence = _("“%(session)s” is over, so it cannot be changed or called off any more.")


class SessionInThePast(Refused):
    """Data: day."""

    sentence = _(
        "It could be booked until %(day)s only, which is over. Choose a later day, or a shorter time before it."
    )


class SessionTwice(Refused):
    """Data: session."""

    sentence = _("There is a session at that time already: “%(session)s”. Change its places instead.")


class SessionBackwards(Refused):
    sentence = _("The last day of a session cannot lie before its first.")


class SessionTooSmall(Refused):
    """Data: minimum, persons."""

    sentence = _("It takes place from %(minimum)s persons on, but has room for %(persons)s only.")


class SessionBelowBooked(Refused):
    """Data: session, booked."""

    sentence = _("%(booked)s places of “%(session)s” are booked, so it cannot have fewer than that.")


class NotAService(Refused):
    """Data: listing."""

    sentence = _("“%(listing)s” is no service, so it has no sessions.")


class SessionUnlike(Refused):
    """Data: pack."""

    sentence = _(
        "“%(pack)s” can only go over to the same pack of another session of this service. Choose one of these."
    )


class SessionPriceDiffers(Refused):
    """Data: session, price, before."""

    sentence = _(
        "“%(session)s” costs %(price)s and not %(before)s, and a move leaves the price as it is. Choose a session at the same price, or cancel and order anew."
    )


class BookingStillOpen(Refused):
    """Data: session, day."""

    sentence = _("“%(session)s” is booked until %(day)s. Decide afterwards, or lower the least number of persons now.")


class NothingToDecide(Refused):
    """Data: session."""

    sentence = _("“%(session)s” needs no decision: enough have booked, nobody has, or it was decided.")


class BookedMeanwhile(Refused):
    """Data: session."""

    sentence = _("Somebody has just booked “%(session)s”. Look at its bookings once more, then call it off.")
