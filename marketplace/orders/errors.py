"""Refusals about requisitions and orders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class GroupOrderNotClosed(Refused):
    """Data: title."""

    sentence = _("“%(title)s” must be closed before it is requested.")


class AlreadyRequested(Refused):
    """Data: title, reference."""

    sentence = _("“%(title)s” has been requested already: %(reference)s.")


class BasketEmpty(Refused):
    sentence = _("The basket is empty. Add something from the catalogue first.")


class LinesDoNotFit(Refused):
    """Data: lines (a readable list)."""

    sentence = _("These lines cannot be ordered as they are: %(lines)s.")


class NotOnSale(Refused):
    """Data: pack."""

    sentence = _("“%(pack)s” is no longer on sale. Take it out, or ask the vendor.")


class SelfApproval(Refused):
    sentence = _("You asked for this purchase yourself, so another approver has to decide about it.")


class BlockedByRule(Refused):
    """Data: count."""

    sentence = _("%(count)s findings block this purchase. Write a reason to override them, or return it.")


class NoPairing(Refused):
    """Data: buyer, vendor."""

    sentence = _("%(buyer)s and %(vendor)s are not paired today, so this purchase has no programme to count for.")


class AnswerIncomplete(Refused):
    """Data: line."""

    sentence = _("“%(line)s”: answer with a quantity between 0 and what was ordered.")


class PromiseMissing(Refused):
    """Data: line."""

    sentence = _("“%(line)s”: say by which day you deliver what you confirm.")


class DeclineReasonMissing(Refused):
    """Data: line."""

    sentence = _("“%(line)s”: say why you cannot deliver everything.")


class NotPaidYet(Refused):
    """Data: order."""

    sentence = _("%(order)s is a private purchase and is not paid yet. It waits for the money before anything is done.")


class AmountChanged(Refused):
    """Data: amount, shown."""

    sentence = _(
        "With freight to this address it comes to %(amount)s, not to %(shown)s. Look it through and buy once more."
    )


class TooMuchAtOnce(Refused):
    """Data: amount, most."""

    sentence = _(
        "One private purchase can come to %(most)s at most with freight; this one is %(amount)s. Take something out."
    )


class OrderCancelled(Refused):
    """Data: order."""

    sentence = _("%(order)s was cancelled, so nothing more is to be done with it.")


class CancelReasonMissing(Refused):
    sentence = _("Write the reason, so that the vendor knows why the order is cancelled.")


class AnsweredBeforeCancel(Refused):
    """Data: order."""

    sentence = _(
        "The vendor has already answered %(order)s, so it can be cancelled only with the vendor’s consent. Ask for it."
    )


class AlreadyAnswered(Refused):
    """Data: order."""

    sentence = _("%(order)s has been answered already. Reload the page to see the answer.")


class SharesDoNotAddUp(Refused):
    """Data: line, wanted, shared."""

    sentence = _("%(line)s: %(shared)s are shared out, %(wanted)s are asked for. Make them the same.")


class NobodyToApprove(Refused):
    """Data: reference, title."""

    sentence = _(
        "“%(title)s” (%(reference)s) waits for approval, and nobody else here may approve it. Name another approver first."
    )


class StillUnderWayHere(Refused):
    """Data: organisation, documents (a readable list)."""

    sentence = _("%(organisation)s still has this under way: %(documents)s. Finish or cancel it first.")
