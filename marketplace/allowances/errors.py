"""Refusals about allowances."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class OverAllowance(Refused):
    """Data: over (Money beyond what remains), remaining."""

    sentence = _("This is %(over)s over your allowance: choose less, or something smaller. Nothing was changed.")


class RulePackUnreadable(Refused):
    """Data: reason."""

    sentence = _("This rule pack cannot be taken: %(reason)s")
