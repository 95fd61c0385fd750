"""Table-driven lives of documents: a state moves only where its table allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import IllegalTransition


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The permitted moves of one kind of document: ``{state: {states it may move to}}``."""

    moves: Mapping[str, frozenset[str]]

    def permits(self, state: str, wanted: str) -> bool:
        """Whether a document in ``state`` may move to ``wanted``."""
        return wanted in self.moves.get(state, frozenset())

    def require(self, document: Any, wanted: str) -> None:
        """Raise ``IllegalTransition`` unless ``document.state`` may move to ``wanted``."""
        if not self.permits(document.state, wanted):
            raise IllegalTransition(document=str(document), state=document.get_state_display(), wanted=wanted)


def table(**moves: str) -> Lifecycle:
    """``table(draft="submitted cancelled", submitted="approved")``: the table, short enough to read aloud."""
    return Lifecycle({state: frozenset(targets.split()) for state, targets in moves.items()})
