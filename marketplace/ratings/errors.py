"""Refusals about ratings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Refused


class NotCompleted(Refused):
    """Data: line."""

    sentence = _("“%(line)s” can be rated once it is paid, accepted and its fapiao has come.")


class AlreadyRated(Refused):
    """Data: listing."""

    sentence = _("Your organisation has rated “%(listing)s” already: one rating for each buyer and offer.")


class StarsMissing(Refused):
    sentence = _("Choose one to five stars.")


class TooManyPictures(Refused):
    """Data: most."""

    sentence = _("At most %(most)s pictures can be shown with a rating.")


class RatingAnswered(Refused):
    sentence = _("This rating has been answered already.")


class AnswerTooLong(Refused):
    """Data: most (characters)."""

    sentence = _("An answer has at most %(most)s characters. Make it shorter.")


class AnswerMissing(Refused):
    sentence = _("Write your answer first.")


class RatingHidden(Refused):
    sentence = _("This rating has been hidden already.")


class RatingShown(Refused):
    sentence = _("This rating is shown already.")
