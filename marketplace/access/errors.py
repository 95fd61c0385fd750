"""Refusals about complaints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class TooManyComplaints(Refused):
    """More from one address within an hour than people write."""

    sentence = _("Too many complaints came from your network within the hour. Please try again later, or telephone us.")


class ComplaintAnswered(Refused):
    """Somebody else was quicker. Data: complaint."""

    sentence = _("%(complaint)s has been answered already. Reload the page to see the answer.")
