"""How a group order ends: closed with the prices its quantities earned, called off, or opened once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from .. import audit, signals
from ..allowances import actions as allowances
from ..catalogue.pricing import unit_price
from ..parties.models import Role
from ..parties.selectors import require_role
from .choices import reprice
from .completion import Misfit
from .errors import ChoicesDoNotFit, NothingChosen
from .lifecycle import LIFE, State
from .locks import lock_group_order, lock_participants
from .models import GroupOrder
from .selectors import current_choices, what_does_not_fit
from .terms import require_state, require_times


@transaction.atomic
def close_group_order(*, group_order: GroupOrder, by: Any, at: datetime) -> GroupOrder:
    """No more choices. Every line gets the collective tier's price, and what that saves is given back.

    ``by`` is an organiser, or ``None`` when the clock closes it. ``ChoicesDoNotFit`` lists what exceeds stock or misses a
    minimum, before anything is submitted.
    """
    group_order = lock_group_order(group_order.pk)
    if by is not None:
        require_role(by, group_order.organisation, Role.ORGANISER)
    LIFE.require(group_order, State.CLOSED)
    lock_participants(group_order.pk)
    if not group_order.offers.filter(quantity_chosen__gt=0).exists():
        raise NothingChosen()
    if found := what_does_not_fit(group_order):
        raise ChoicesDoNotFit(misfits=found, lines=misfit_text(found))
    _apply_tiers(group_order, by, at)
    group_order.state, group_order.closed_at, group_order.closed_by = State.CLOSED, at, by
    group_order.save(update_fields=["state", "closed_at", "closed_by"])
    audit.record("marketplace.close_group_order", [group_order], by=by, at=at)
    signals.announce(signals.group_order_closed, sender=GroupOrder, group_order=group_order)
    return group_order


def misfit_text(found: Sequence[Misfit]) -> str:
    """The misfits as one readable phrase."""
    sentences = {
        "stock": gettext("%(label)s: %(quantity)s chosen, %(limit)s in stock"),
        "minimum": gettext("%(label)s: %(quantity)s chosen, sold from %(limit)s on"),
        "multiple": gettext("%(label)s: %(quantity)s chosen, sold in multiples of %(limit)s"),
    }
    return "；".join(sentences[m.kind] % {"label": m.label, "quantity": m.quantity, "limit": m.limit} for m in found)


def _apply_tiers(group_order: GroupOrder, by: Any, at: datetime) -> None:
    offers = group_order.offers.select_related("pack").prefetch_related("pack__tiers")
    prices = {offer.pack_id: unit_price(offer.unit_price, offer.pack.ladder, offer.quantity_chosen) for offer in offers}
    reprice(group_order, prices, by, at)


@transaction.atomic
def cancel_group_order(*, group_order: GroupOrder, by: Any, at: datetime) -> GroupOrder:
    """Call it off; everything held is given back."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    LIFE.require(group_order, State.CANCELLED)
    lock_participants(group_order.pk)
    held = {c.participant.allowance_id: -c.amount for c in current_choices(group_order)}
    allowances.change_held(amounts=held, source=group_order.reference, by=by, at=at)
    group_order.state = State.CANCELLED
    group_order.save(update_fields=["state"])
    audit.record("marketplace.cancel_group_order", [group_order], by=by, at=at)
    return group_order


@transaction.atomic
def reopen_group_order(*, group_order: GroupOrder, closes_at: datetime, by: Any, at: datetime) -> GroupOrder:
    """Let members and organiser change choices again, until ``closes_at``.

    What the tiers had saved is held again, so that closing reckons them anew from the offers' own prices.
    """
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    require_state(group_order, State.CLOSED)
    require_times(group_order.opens_at, closes_at, at)
    lock_participants(group_order.pk)
    reprice(group_order, {offer.pack_id: offer.unit_price for offer in group_order.offers.all()}, by, at)
    group_order.state, group_order.closes_at = State.OPEN, closes_at
    group_order.closed_at, group_order.closed_by = None, None
    group_order.save(update_fields=["state", "closes_at", "closed_at", "closed_by"])
    audit.record("marketplace.reopen_group_order", [group_order], by=by, at=at)
    return group_order
