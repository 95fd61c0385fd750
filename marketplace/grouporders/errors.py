"""Refusals about group orders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class GroupOrderNotOpen(Refused):
    """Data: title."""

    sentence = _("“%(title)s” is not open for choices now. Your organiser can still change something on your behalf.")


class NotOffered(Refused):
    """Data: pack (pk)."""

    sentence = _("One of the items is no longer offered in this group order. Reload the page and choose again.")


class NobodyTakesPart(Refused):
    sentence = _("Nobody on the roll takes part yet. Import the roster first, then open the group order.")


class NothingOffered(Refused):
    sentence = _("Nothing is offered yet. Add at least one listing before you open the group order.")


class NothingChosen(Refused):
    sentence = _(
        "Nobody has chosen anything, so there is nothing to close. Choose on behalf, or cancel the group order."
    )


class ChoicesDoNotFit(Refused):
    """Data: lines (a readable list of what exceeds stock or misses a minimum), misfits (the list)."""

    sentence = _(
        "These choices cannot be ordered as they are: %(lines)s. Change them on behalf of members, then close."
    )


class ClosesBeforeItOpens(Refused):
    sentence = _("The closing time must be later than the opening time and still to come.")


class PackageOverAllowance(Refused):
    """Data: total, allowance."""

    sentence = _("The package costs %(total)s, more than the allowance of %(allowance)s.")


class OffTheRoll(Refused):
    """Data: name."""

    sentence = _("%(name)s has left the roll and cannot choose any more. Ask your organiser if this is wrong.")


class KeepsWhatIsOrdered(Refused):
    """Data: name, title."""

    sentence = _("%(name)s keeps what was chosen: “%(title)s” is not open for choices any more.")


class RemovalReasonMissing(Refused):
    sentence = _("Say why this member is taken out of the group order.")


class PointNotServed(Refused):
    """Data: point."""

    sentence = _("“%(point)s” is not one of the places this group order is delivered to. Choose one from the list.")


class PointNotTheMembers(Refused):
    sentence = _("The organiser decides where you collect your goods. Please ask there.")
