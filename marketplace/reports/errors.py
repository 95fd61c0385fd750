"""Refusals about reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class ReporterUnknown(Refused):
    sentence = _("Sign in, or say how we can reach you: a report needs somebody to ask.")


class ReportEmpty(Refused):
    sentence = _("Write what is wrong, in a sentence or two.")


class TooManyReports(Refused):
    """More from one address within an hour than people write."""

    sentence = _("Too many reports came from your network within the hour. Please try again later, or telephone us.")


class ReportDecided(Refused):
    """Data: report."""

    sentence = _("%(report)s has been decided already. Reload the page to see the outcome.")


class ReportAcknowledged(Refused):
    """Data: report."""

    sentence = _("Somebody has taken up %(report)s already.")


class ReportNotAcknowledged(Refused):
    """Data: report."""

    sentence = _("%(report)s has not been taken up by an officer yet.")


class ReportAnswered(Refused):
    """Data: report."""

    sentence = _("You have answered %(report)s already.")


class FindingMissing(Refused):
    sentence = _("Write what was found, in a sentence or two: the reporter and the vendor read it.")


class NotTheReportersCounty(Refused):
    sentence = _("Only officers of the vendor's county may see who reported it.")
