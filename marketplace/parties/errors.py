"""Refusals about people, organisations, vendors and rosters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class VendorNotAdmitted(Refused):
    """Data: vendor."""

    sentence = _("%(vendor)s has not been admitted yet. An officer of its county admits it first.")


class AnotherCounty(Refused):
    """Data: county."""

    sentence = _("This belongs to another county, so its own officers decide about it.")


class RosterUnreadable(Refused):
    """Data: reason."""

    sentence = _("This file could not be read as a roster: %(reason)s")


class RosterHasRefusedRows(Refused):
    """Data: count."""

    sentence = _(
        "%(count)s rows cannot be taken as they are, so nothing was changed. Mend them in the file and upload it again."
    )


class RosterMovedOn(Refused):
    """The roll changed between preview and confirmation."""

    sentence = _("The roll has changed since this preview. Look at the new preview below and confirm again.")


class RosterAlreadyApplied(Refused):
    sentence = _("This roster has already been applied. Upload the file again if the roll should change once more.")


class LinkInvalid(Refused):
    """An invitation or personal link that is unknown, used up, revoked or expired."""

    sentence = _("This link is no longer valid. Ask the person who sent it for a new one.")


class NoSuchRole(Refused):
    """Data: role."""

    sentence = _("“%(role)s” is not a role. Choose one of the roles in the list.")


class LastAdministrator(Refused):
    """An organisation without an administrator could invite nobody any more."""

    sentence = _("This is the last administrator. Invite another one first, then end this role.")


class AlreadySignedUp(Refused):
    sentence = _("You can already buy privately with this account.")


class TooManySignUps(Refused):
    sentence = _("Too many people signed up from your connection in the last hour. Please try again later.")


class SignUpClosed(Refused):
    sentence = _("Nobody can sign up here at the moment; accounts are given by invitation.")


class DeliveryPointTaken(Refused):
    """Data: name."""

    sentence = _("There is already a delivery point called “%(name)s”. Choose another name.")


class AffiliationStands(Refused):
    sentence = _("Your purchases already count for an organisation, or it has been asked. End that first.")


class PurchaseUnderWay(Refused):
    """Data: purchase."""

    sentence = _(
        "%(purchase)s is still under way. What belongs to it can only be erased when it is completed or called off."
    )


class MoneyHeld(Refused):
    """Data: invoice, amount."""

    sentence = _(
        "%(amount)s is still held on %(invoice)s. Ask for it back first; afterwards the account can be erased."
    )


class OwnAccount(Refused):
    sentence = _(
        "Another operator erases this account: nobody erases their own, and an operator's is not erased at all."
    )


class ErasureDecided(Refused):
    sentence = _("This request has been decided already. Reload the page to see it.")


class TreeLoops(Refused):
    """Data: organisation, upper."""

    sentence = _("%(upper)s already stands under %(organisation)s, so it cannot be its upper union.")


class UpperStands(Refused):
    """Data: upper."""

    sentence = _("%(upper)s is the upper union already, or has been asked. End that first.")


class OrganisationClosed(Refused):
    """Data: organisation, into."""

    sentence = _("%(organisation)s is closed and went over into %(into)s. Do this there.")


class NotAMember(Refused):
    """Data: person."""

    sentence = _("%(person)s does not hold these roles here. Look at the list of people again.")


class SuccessorIsTheGiver(Refused):
    sentence = _("Choose somebody else as successor.")


class HandOverStands(Refused):
    """Data: person."""

    sentence = _("%(person)s already has a hand-over waiting. Cancel it first.")


class DayIsPast(Refused):
    sentence = _("This day is over. Choose today or a later day.")


class NameTaken(Refused):
    """Data: name."""

    sentence = _("Another organisation is called “%(name)s”. Choose a name that tells them apart.")


class NothingRenamed(Refused):
    sentence = _("Name, code and fapiao title are as before. Change at least one of them.")


class NameTooEarly(Refused):
    """Data: day."""

    sentence = _("The present name holds since %(day)s. Choose a later day.")


class NotPending(Refused):
    sentence = _("This has been decided already. Look at the page again.")


class SecondPersonNeeded(Refused):
    sentence = _("You asked for this, so somebody else has to confirm it.")


class ReasonNeeded(Refused):
    sentence = _("Say why; the reason is kept with the change.")


class MergerStands(Refused):
    """Data: organisation."""

    sentence = _("A merger of %(organisation)s has been proposed already. Confirm or withdraw it first.")


class RecoveryStands(Refused):
    """Data: person."""

    sentence = _("A recovery of this account is waiting already: %(person)s.")


class NotRecoverable(Refused):
    sentence = _("Accounts of officers and of the operator are not recovered this way. Ask the operator.")


class TooManyRecoveries(Refused):
    """Data: limit."""

    sentence = _("At most %(limit)s recoveries a day can be asked for in one organisation. Try again tomorrow.")


class DepartmentTaken(Refused):
    """Data: name."""

    sentence = _("There is already a department called “%(name)s”. Choose another name.")


class LastDeliveryPoint(Refused):
    sentence = _("This is the only place goods can be delivered to. Add another one first.")


class PointOfAnother(Refused):
    """Data: point."""

    sentence = _("“%(point)s” is no delivery point in use here. Choose one from the list.")


class TooManyTries(Refused):
    sentence = _("Too many links were opened from your connection in the last hour. Please try again later.")
