"""Why a listing is sent back or taken off the shelf: the documented reasons, to be ticked, and the words beside them.

[Product review of the 832 platform: reasons published for suppliers; price evidence: notice of 27 April 2022]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReturnReason(models.TextChoices):
    """What an officer finds wrong with a listing in review."""

    LABEL_ORIGIN = "label_origin", _("The origin on the label differs from the address on the production licence.")
    LICENCE_SCOPE = "licence_scope", _("The scope of the licence does not include this product.")
    STANDARD_OUTDATED = "standard_outdated", _("The executive standard named on the label is no longer in force.")
    LABEL_UNREADABLE = (
        "label_unreadable",
        _("The photo of the label cannot be read, or shows no licence number or origin."),
    )
    STANDARDS_DIFFER = "standards_differ", _("The pictures show several packagings with different standards.")
    LICENCE_MISSING = "licence_missing", _("A licence is missing, or is of the wrong kind.")
    PRICE_UNPROVEN = "price_unproven", _("The price is above that of like products, or nothing proves it.")
    OTHER = "other", _("Something else, said in words.")


class DelistingReason(models.TextChoices):
    """Why an officer takes a published listing off the shelf."""

    PRICE_UNPROVEN = "price_unproven", _("There is no valid evidence for the price.")
    PRICE_TOO_HIGH = "price_too_high", _("The price is above that of like products.")
    ORIGIN_FALSE = "origin_false", _("The goods do not come from where the listing says.")
    LICENCE_ENDED = "licence_ended", _("A licence or certificate has run out or was withdrawn.")
    QUALITY = "quality", _("Spot checks or buyers found the goods wanting.")
    UNSUPPLIED = "unsupplied", _("The vendor cannot supply what it offers.")
    OTHER = "other", _("Something else, said in words.")


def known(reasons: Iterable[str], kind: type[models.TextChoices]) -> list[str]:
    """The ticked codes that there are, in the order of the list, each once."""
    ticked = set(reasons)
    return [code for code in kind.values if code in ticked]


def labels(reasons: Sequence[str], kind: type[models.TextChoices]) -> list[str]:
    """The sentences of stored codes in the reader's language; one that is gone from the list stands as its code."""
    sentences = dict(kind.choices)
    return [str(sentences.get(code, code)) for code in reasons]
