"""The two ways a step can end badly: a rule said no, or the outside world broke.

Stages define their own, carrying data; each renders one translated sentence that
tells a person what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class _WithSentence(Exception):
    sentence: ClassVar[Any] = _("This cannot be done.")

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(data)

    def __str__(self) -> str:
        return str(self.sentence) % {name: str(value) for name, value in self.data.items()}

    def __reduce__(self) -> Any:
        return (_rebuild, (type(self), self.data))


def _rebuild(kind: type[_WithSentence], data: dict[str, Any]) -> _WithSentence:
    return kind(**data)


def first_few(names: Sequence[str], at_most: int = 5) -> str:
    """A readable list for a sentence: the first names, and of how many more it does not speak."""
    shown, left = "、".join(names[:at_most]), len(names) - at_most
    if left <= 0:
        return shown
    return ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", left) % {
        "names": shown,
        "count": left,
    }


class Refused(_WithSentence):
    """A rule says no. Shown to the person as one sentence with a way out; nothing was changed."""


class Failed(_WithSentence):
    """The outside broke (a processor, a file, a network). Retried or reported; nothing half-done remains."""

    sentence = _("Something outside did not answer. Please try again in a moment.")


class NotPermitted(Refused):
    """The person holds no role that may do this."""

    sentence = _("You do not have the role for this step. Ask your organisation's administrator.")


class IllegalTransition(Refused):
    """The document has moved on: the step does not fit its present state. Data: document, state, wanted."""

    sentence = _("%(document)s is now “%(state)s”, so this step no longer applies. Reload the page to see it.")


class FileUnfit(Refused):
    """An upload that is not kept. Data: name, reason."""

    sentence = _("“%(name)s” cannot be kept: %(reason)s")


class FileGone(Refused):
    """An upload that waited for its form, and does so no longer."""

    sentence = _("The file you chose before is no longer there. Choose it again.")
