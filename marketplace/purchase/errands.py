"""What the purchase leaves to be done after its commit, by kind: each is safe to do twice."""

from __future__ import annotations

from ..errands.work import add_kind
from . import checkout, refund


def register() -> None:
    """Called once when the app is ready."""
    add_kind(refund.SEND_REFUND, refund.carry_out)
    add_kind(checkout.LOOK_UP_CHECKOUT, checkout.look_up)
