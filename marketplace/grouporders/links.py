"""Personal links: issued for everybody who takes part, and revoked. A token is stored hashed only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from .. import audit
from ..conf import setting
from ..parties.models import Role
from ..parties.selectors import require_role
from ..parties.tokens import fresh_token, token_hash
from .errors import GroupOrderNotOpen
from .lifecycle import State
from .locks import lock_group_order
from .models import GroupOrder, Participant, PersonalLink
from .selectors import by_department


@transaction.atomic
def issue_links(*, group_order: GroupOrder, by: Any, at: datetime) -> list[tuple[Participant, str]]:
    """A fresh link for everybody who takes part: (participant, token). Shown once; earlier ones stay valid."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    if group_order.state != State.OPEN:
        raise GroupOrderNotOpen(title=group_order.title)
    participants = list(
        by_department(group_order.participants.filter(removed_at=None)).select_related("member", "delivery_point")
    )
    issued = [(participant, fresh_token()) for participant in participants]
    expires_at = group_order.closes_at + timedelta(days=setting("LINK_DAYS_AFTER_CLOSING"))
    PersonalLink.objects.bulk_create(
        PersonalLink(
            participant=participant, token_hash=token_hash(token), issued_at=at, issued_by=by, expires_at=expires_at
        )
        for participant, token in issued
    )
    audit.record("marketplace.issue_links", [group_order], by=by, at=at, count=len(issued))
    return issued


@transaction.atomic
def revoke_links(
    *, group_order: GroupOrder, participants: Sequence[Participant] | None = None, by: Any, at: datetime
) -> int:
    """Make links of these participants (of all when ``None``) useless at once; how many were."""
    require_role(by, group_order.organisation, Role.ORGANISER)
    links = PersonalLink.objects.filter(participant__group_order=group_order, revoked_at=None)
    if participants is not None:
        links = links.filter(participant__in=participants)
    count = links.update(revoked_at=at)
    audit.record("marketplace.revoke_links", [group_order], by=by, at=at, count=count)
    return count
