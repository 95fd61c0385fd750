"""Refusals about attribution."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class NothingCorrected(Refused):
    sentence = _("Change the campaign, the purpose or the fund source; as it stands nothing would be corrected.")


class CampaignOfAnotherPairing(Refused):
    """Data: campaign."""

    sentence = _("“%(campaign)s” belongs to another pairing than this order, so it cannot count for it.")


class PurposeOfAllowances(Refused):
    sentence = _(
        "Members bought this within their allowances, so its purpose and fund source stay as they were granted. "
        "Only the campaign can be corrected."
    )


class CorrectionOpen(Refused):
    """Data: correction."""

    sentence = _("%(correction)s is still waiting for an officer. One correction is decided at a time.")


class CorrectionClosed(Refused):
    """Data: correction."""

    sentence = _("%(correction)s has been decided already. Reload the page to see how.")


class NotYoursToCorrect(Refused):
    """Whoever asks, or works for the buyer, does not also decide."""

    sentence = _("An officer of the buyer's county decides this, who neither asked for it nor works for the buyer.")
