"""What an organiser decides before a group order opens, and what each such decision has to respect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..errors import IllegalTransition
from ..money import Money
from ..parties.models import DeliveryPoint
from ..programme.models import Campaign
from .errors import ClosesBeforeItOpens, PointNotServed
from .lifecycle import State
from .models import FreightSharing, GroupOrder, GroupOrderPoint


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organiser decides before opening; times are aware, ``closes_at`` exclusive."""

    title: str
    campaign: Campaign
    purpose: str
    fund_source: str
    allowance_per_member: Money
    delivery_point: DeliveryPoint
    opens_at: datetime
    closes_at: datetime
    message: str = ""
    freight_shared_by: str = FreightSharing.VALUE
    further_points: tuple[DeliveryPoint, ...] = ()
    members_choose_point: bool = False


COLUMNS = [name for name in Terms.__dataclass_fields__ if name != "further_points"]


def require_times(opens_at: datetime, closes_at: datetime, at: datetime) -> None:
    """``ClosesBeforeItOpens`` also when it would be over already."""
    if closes_at <= opens_at or closes_at <= at:
        raise ClosesBeforeItOpens()


def require_state(group_order: GroupOrder, state: State) -> None:
    """``IllegalTransition`` unless the group order is in this state."""
    if group_order.state != state:
        raise IllegalTransition(document=group_order.title, state=group_order.get_state_display(), wanted=state.label)


def set_points(group_order: GroupOrder, terms: Terms) -> None:
    """Deliver to these points of the organisation, the first of them its own. ``PointNotServed``."""
    further = [point for point in terms.further_points if point != terms.delivery_point]
    for point in (terms.delivery_point, *further):
        if point.organisation_id != group_order.organisation_id or point.ended_on is not None:
            raise PointNotServed(point=point.name)
    group_order.further_points.all().delete()
    GroupOrderPoint.objects.bulk_create(
        GroupOrderPoint(group_order=group_order, delivery_point=point) for point in further
    )
