"""What waits for a person: one list over all their organisations and roles; the statements do not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ..conf import setting
from ..fulfilment.handing import Handing
from ..fulfilment.models import Side
from ..fulfilment.moving import moves_to_answer
from ..fulfilment.selectors import cancellations_to_answer, replacements_for_buyer
from ..fulfilment.vouchering import orders_to_give_out
from ..grouporders.lifecycle import State as GroupState
from ..grouporders.models import GroupOrder
from ..impact.elsewhere.lifecycle import State as Elsewhere
from ..impact.elsewhere.selectors import to_mend
from ..orders.lifecycle import State
from ..orders.models import Requisition
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, Role
from ..purchase.tracking import Tracking, open_orders, track
from ..ratings.models import MAY_RATE
from ..ratings.selectors import invitations
from .handing import WORDS
from .move_forms import days_of


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: a sentence, where, and by when."""

    what: str
    about: str
    organisation: str
    url: str
    due_on: date | None
    is_late: bool

    @property
    def sort_key(self) -> tuple[bool, date]:
        return (not self.is_late, self.due_on or date.max)


def tasks_for(roles: dict[str, set[int]], today: date) -> list[Task]:
    """All tasks of somebody with these roles (role → organisations), the late ones first."""
    found = [
        *_basket_tasks(roles.get(Role.REQUESTER, set())),
        *_group_order_tasks(roles.get(Role.ORGANISER, set()), roles.get(Role.REQUESTER, set()), today),
        *_requisition_tasks(roles, today),
        *_move_tasks(roles.get(Role.APPROVER, set()) | roles.get(Role.REQUESTER, set())),
        *_going_back_tasks(roles.get(Role.APPROVER, set()), roles.get(Role.RECEIVER, set())),
        *_order_tasks(roles, today),
        *_voucher_tasks(roles.get(Role.ORGANISER, set()) | roles.get(Role.REQUESTER, set()), today),
        *_elsewhere_tasks(roles.get(Role.REQUESTER, set()) | roles.get(Role.ORGANISER, set())),
    ]
    return sorted(found, key=lambda task: task.sort_key)


def _basket_tasks(requester: set[int]) -> Iterator[Task]:
    for row in BuyerOrganisation.objects.filter(pk__in=requester, basket__isnull=False).distinct():
        url = reverse("marketplace:basket", args=[row.slug])
        yield Task(_("Request what is in the basket"), _("Basket"), row.name, url, None, False)


def _group_order_tasks(organiser: set[int], requester: set[int], today: date) -> Iterator[Task]:
    rows = (
        GroupOrder.objects.filter(organisation_id__in=organiser | requester)
        .exclude(state=GroupState.CANCELLED)
        .filter(~Q(requisitions__state__in=[s for s in State.values if s != State.CANCELLED]))
        .select_related("organisation")
        .annotate(
            people=Count("participants", distinct=True),
            chosen=Count(
                "participants",
                distinct=True,
                filter=Q(participants__choices__replaced_at=None, participants__choices__amount__gt=0),
            ),
        )
    )
    for row in rows:
        closes_on = office_day(row.closes_at)
        what, due_on = {
            GroupState.DRAFT: (_("Choose what is offered, then open the group order"), None),
            GroupState.OPEN: (
                _("%(chosen)s of %(people)s members have chosen") % {"chosen": row.chosen, "people": row.people},
                closes_on,
            ),
            GroupState.CLOSED: (_("Request the purchase"), None),
        }[GroupState(row.state)]
        url = reverse("marketplace:group_order", args=[row.reference])
        yield Task(what, row.title, row.organisation.name, url, due_on, bool(due_on and due_on < today))


def _requisition_tasks(roles: dict[str, set[int]], today: date) -> Iterator[Task]:
    approver, requester = roles.get(Role.APPROVER, set()), roles.get(Role.REQUESTER, set())
    rows = Requisition.objects.filter(
        Q(organisation__in=approver, state__in=[State.SUBMITTED, State.APPROVED])
        | Q(organisation__in=requester, state__in=[State.DRAFT, State.RETURNED])
    ).select_related("organisation", "group_order")
    for row in rows:
        what, since, days = {
            State.DRAFT: (_("Submit the requisition for approval"), None, 0),
            State.RETURNED: (_("Mend the returned requisition"), None, 0),
            State.SUBMITTED: (_("Approve or return the requisition"), row.requested_at, setting("DAYS_TO_APPROVE")),
            State.APPROVED: (
                _("Place the orders"),
                row.requested_at,
                setting("DAYS_TO_APPROVE") + setting("DAYS_TO_PLACE"),
            ),
        }[State(row.state)]
        due_on = office_day(since) + timedelta(days=days) if since else None
        url = reverse("marketplace:requisition", args=[row.reference])
        about = f"{row.title} · {row.amount}"
        yield Task(what, about, row.organisation.name, url, due_on, bool(due_on and due_on < today))


def _move_tasks(may_answer: set[int]) -> Iterator[Task]:
    rows = moves_to_answer(Side.BUYER).filter(order__organisation__in=may_answer)
    for row in rows[:OPEN_AT_ONCE] if may_answer else []:
        url = reverse("marketplace:order", args=[row.order.reference]) + "#moves"
        before, after = row.from_pack.session, row.to_pack.session
        about = f"{row.order.vendor_name} · {row.line.title} → {days_of(after) if after else ''}"
        what = _("Answer the vendor, who offers another session")
        yield Task(what, about, row.order.organisation.name, url, before.starts_on if before else None, False)


def _going_back_tasks(approver: set[int], receiver: set[int]) -> Iterator[Task]:
    asked = cancellations_to_answer(Side.BUYER).filter(order__organisation__in=approver)
    sent = replacements_for_buyer().filter(order__organisation__in=receiver)
    for rows, what in ((asked, _("Answer the vendor, who wants to cancel")), (sent, _("Take in the replacement"))):
        for row in rows:
            url = reverse("marketplace:order", args=[row.order.reference]) + "#going-back"
            yield Task(
                what, f"{row.order.vendor_name} · {row.reference}", row.order.organisation.name, url, None, False
            )


def _elsewhere_tasks(clerk: set[int]) -> Iterator[Task]:
    for row in to_mend(clerk)[:OPEN_AT_ONCE] if clerk else []:
        is_returned = row.state == Elsewhere.RETURNED
        what = (
            _("Mend the returned purchase made elsewhere") if is_returned else _("Submit the purchase made elsewhere")
        )
        url = reverse("marketplace:elsewhere", args=[row.reference])
        yield Task(what, f"{row.seller_name} · {row.amount}", row.organisation.name, url, None, False)


def rating_tasks(roles: dict[str, set[int]], at: datetime) -> Iterator[Task]:
    """Invitations to rate, one an order: nobody waits for them, so they come last."""
    rater = {pk for role in MAY_RATE for pk in roles.get(role, set())}
    seen: set[int] = set()
    for line in invitations(rater, at=at) if rater else []:
        if line.order_id in seen:
            continue
        seen.add(line.order_id)
        url = reverse("marketplace:order", args=[line.order.reference]) + "#rate"
        about = f"{line.order.vendor_name} · {line.title}"
        yield Task(_("Rate the goods"), about, line.order.organisation.name, url, None, False)


OPEN_AT_ONCE = 300  # orders looked at; an organisation with more open ones goes by its list of purchases

OWN_STEPS = {
    "receive": (Role.RECEIVER, "marketplace:order"),
    "accept": (Role.RECEIVER, "marketplace:order"),
    "pay": (Role.TREASURER, "marketplace:invoice"),
    "hand_out": (Role.ORGANISER, "marketplace:requisition"),
}


def _order_tasks(roles: dict[str, set[int]], today: date) -> Iterator[Task]:
    mine = {pk for role in (Role.RECEIVER, Role.TREASURER, Role.ORGANISER) for pk in roles.get(role, set())}
    orders = list(open_orders(mine)[:OPEN_AT_ONCE]) if mine else []
    seen: set[tuple[str, str]] = set()
    for tracking in track(orders, today=today).values():
        for task in _steps(tracking, roles):
            if (task.what, task.url) not in seen:
                seen.add((task.what, task.url))
                yield task


def _voucher_tasks(clerk: set[int], today: date) -> Iterator[Task]:
    for row, needed_on in orders_to_give_out(clerk, today, at_most=OPEN_AT_ONCE) if clerk else []:
        about = f"{row.requisition.title} · {row.vendor_name}"
        url = reverse("marketplace:vouchers", args=[row.reference])
        yield Task(_("Give out the vouchers"), about, row.organisation.name, url, needed_on, False)


def _steps(tracking: Tracking, roles: dict[str, set[int]]) -> Iterator[Task]:
    order = tracking.order
    for entry in tracking.entries:
        role, view = OWN_STEPS.get(entry.step.key, (None, ""))
        if not entry.step.is_open or role is None or order.organisation_id not in roles.get(role, set()):
            continue
        document: Any = {
            "marketplace:order": order.reference,
            "marketplace:invoice": order.requisition.invoice.number,
            "marketplace:requisition": order.requisition.reference,
        }[view]
        yield Task(
            _sentence(entry.step.key, tracking.handing),
            f"{order.requisition.title} · {order.vendor_name if view == 'marketplace:order' else document}",
            order.organisation.name,
            reverse(view, args=[document]),
            entry.step.due_on,
            entry.step.state == "late",
        )


def _sentence(key: str, handing: Handing) -> str:
    return {
        "receive": _("Receive the consignment"),
        "accept": _("Accept the goods"),
        "pay": _("Pay the invoice"),
        "hand_out": str(WORDS[handing].task),
    }[key]
