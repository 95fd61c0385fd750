"""What can go wrong with a letter."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Failed, Refused


class MailNotSent(Failed):
    """The mail server did not take it. Data: reason."""

    sentence = _("The mail server did not take the mail: %(reason)s")


class AddressTaken(Refused):
    """Somebody else signs in with this address."""

    sentence = _("This e-mail address belongs to another account. Enter one of your own.")
