"""The words buyers look for: those that mean one thing, and those that nothing was found by."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .search import plain


class SearchSynonym(models.Model):
    """Words that buyers use for one thing, such as 茶油 and 山茶油: whoever looks for one finds the others."""

    words = models.CharField(
        _("words"), max_length=200, help_text=_("Two or more words for one thing, with spaces between them.")
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        self.words = " ".join(plain(self.words).replace("、", " ").replace(",", " ").replace(";", " ").split())
        if len(set(self.words.split())) < 2:
            raise ValidationError({"words": gettext("Write at least two different words, with a space between them.")})


class ProduceWish(models.Model):
    """What somebody looked for and nobody offers; kept without a name, for officers to read and to ask the villages."""

    words = models.CharField(_("looked for"), max_length=80)
    note = models.CharField(_("note"), max_length=500, blank=True)
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("produce that is missed")
        verbose_name_plural = _("produce that is missed")
        ordering = ["-told_at", "-pk"]

    def __str__(self) -> str:
        return self.words
