"""Group purchasing: prepare, open, choose.

Beside it stand the rules of ``terms`` and ``packages``, the ``links`` members come by, who is ``taking_part``, the
``closing``, and ``going_short`` once goods were ordered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..allowances import actions as allowances
from ..catalogue.errors import NotDelivered
from ..catalogue.freight_rules import FreightRule
from ..catalogue.models import Pack
from ..catalogue.taking import require_takes_orders
from ..conf import currency
from ..money import total
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, Department, Member, Role
from ..parties.selectors import require_role
from ..references import local_year, unique_references
from .choices import replace_choice
from .errors import GroupOrderNotOpen, NobodyTakesPart, NothingOffered, NotOffered, OffTheRoll
from .lifecycle import State
from .locks import lock_group_order, lock_participant
from .models import ChoiceLine, GroupOrder, GroupOrderOffer, MemberChoice, Package, Participant
from .packages import make_package, packaged
from .terms import COLUMNS, Terms, require_state, require_times, set_points


@transaction.atomic
def create_group_order(*, organisation: BuyerOrganisation, terms: Terms, by: Any, at: datetime) -> GroupOrder:
    """A group order being prepared. By an organiser."""
    require_role(by, organisation, Role.ORGANISER)
    require_times(terms.opens_at, terms.closes_at, at)
    group_order = GroupOrder.objects.create(
        reference=unique_references("GO", 1, at=at)[0],
        organisation=organisation,
        created_by=by,
        created_at=at,
        **{name: getattr(terms, name) for name in COLUMNS},
    )
    set_points(group_order, terms)
    audit.record("marketplace.create_group_order", [group_order], by=by, at=at)
    return group_order


@transaction.atomic
def change_terms(*, group_order: GroupOrder, terms: Terms, by: Any, at: datetime) -> GroupOrder:
    """Change what was decided, while the group order is being prepared."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    require_state(group_order, State.DRAFT)
    require_times(terms.opens_at, terms.closes_at, at)
    for name in COLUMNS:
        setattr(group_order, name, getattr(terms, name))
    group_order.save()
    set_points(group_order, terms)
    return group_order


@transaction.atomic
def set_offers(
    *,
    group_order: GroupOrder,
    packs: Sequence[Pack],
    package_name: str = "",
    package: Mapping[int, int] | None = None,
    shown: Collection[int] | None = None,
    by: Any,
    at: datetime,
) -> GroupOrder:
    """Say what members may choose and, optionally, one package (pack pk → quantity), before opening.

    With ``shown`` (pack pks) only these are decided about; what was said of any other pack stays as it is.
    """
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    require_state(group_order, State.DRAFT)
    asked = group_order.offers.all() if shown is None else group_order.offers.filter(pack__in=shown)
    kept = packaged(group_order, besides=asked)
    places = dict(asked.values_list("pack_id", "position"))
    Package.objects.filter(group_order=group_order).delete()
    asked.delete()
    standing = list(group_order.offers.all())
    behind = max([*places.values(), *(offer.position for offer in standing)], default=-1) + 1
    made = GroupOrderOffer.objects.bulk_create(
        GroupOrderOffer(
            group_order=group_order,
            pack=pack,
            unit_price=pack.unit_price,
            position=number if shown is None else places.get(pack.pk, behind + number),
        )
        for number, pack in enumerate(packs)
    )
    if items := kept | dict(package or {}):
        make_package(group_order, {offer.pack_id: offer for offer in [*standing, *made]}, package_name, items)
    return group_order


@transaction.atomic
def add_offer(*, group_order: GroupOrder, pack: Pack, by: Any, at: datetime) -> GroupOrderOffer:
    """One more pack that members may choose, behind the others, before opening; the package stays as it is."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    require_state(group_order, State.DRAFT)
    require_takes_orders([pack], office_day(at))
    offer, _made = GroupOrderOffer.objects.get_or_create(
        group_order=group_order,
        pack=pack,
        defaults={"unit_price": pack.unit_price, "position": group_order.offers.count()},
    )
    return offer


@transaction.atomic
def open_group_order(*, group_order: GroupOrder, by: Any, at: datetime) -> GroupOrder:
    """Grant every member on the roll their allowance and let them choose from ``opens_at`` on."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    require_state(group_order, State.DRAFT)
    require_times(group_order.opens_at, group_order.closes_at, at)
    offers = list(group_order.offers.select_related("pack__listing", "pack__session"))
    if not offers:
        raise NothingOffered()
    require_takes_orders([offer.pack for offer in offers], office_day(at))
    _require_delivered(group_order)
    members = list(Member.objects.filter(organisation=group_order.organisation).on_roll(office_day(at)))
    if not members:
        raise NobodyTakesPart()
    granted = allowances.grant(
        members=members,
        occasion=group_order.reference,
        purpose=group_order.purpose,
        fund_source=group_order.fund_source,
        year=local_year(at),
        amount=group_order.allowance_per_member,
        by=by,
        at=at,
    )
    points = _points_by_department(group_order)
    Participant.objects.bulk_create(
        Participant(
            group_order=group_order,
            member=allowance.member,
            allowance=allowance,
            delivery_point_id=points.get(allowance.member.department),
        )
        for allowance in granted
    )
    group_order.state, group_order.opened_at, group_order.opened_by = State.OPEN, at, by
    group_order.save(update_fields=["state", "opened_at", "opened_by"])
    audit.record("marketplace.open_group_order", [group_order], by=by, at=at, members=len(members))
    return group_order


def _require_delivered(group_order: GroupOrder) -> None:
    """Better asked before members choose than after."""
    place = group_order.delivery_point.place
    vendors = group_order.offers.filter(pack__weight_grams__gt=0, pack__is_redeemed=False).values(
        "pack__listing__vendor"
    )
    rules = FreightRule.objects.filter(vendor__in=vendors).in_force().select_related("vendor")
    away = [rule.vendor.name for rule in rules if (zone := rule.zone_at(place.code)) and not zone.is_delivered]
    if away:
        raise NotDelivered(vendors="、".join(away), place=place.name)


def _points_by_department(group_order: GroupOrder) -> dict[str, int]:
    """Department → its own point (pk), where the group order is delivered there and it is not the group order's own."""
    further = list(group_order.further_points.values_list("delivery_point_id", flat=True))
    if not further:
        return {}
    rows = Department.objects.filter(organisation_id=group_order.organisation_id, delivery_point__in=further)
    return {name: pk for name, pk in rows.values_list("name", "delivery_point_id") if pk}


@transaction.atomic
def choose(*, participant: Participant, quantities: Mapping[int, int], by: Any = None, at: datetime) -> MemberChoice:
    """Put a member's choice (pack pk → quantity) in place of the one before; an empty one chooses nothing.

    ``by`` is ``None`` for the member, or the organiser choosing on behalf (who may until it is closed).
    ``GroupOrderNotOpen``, ``OffTheRoll``, ``NotOffered``, ``OverAllowance``.
    """
    participant = lock_participant(participant.pk)
    document = "group_order" if by is None else "group_order__organisation"
    offers = list(
        GroupOrderOffer.objects.filter(group_order_id=participant.group_order_id).select_related(
            document, "pack__listing", "pack__session"
        )
    )
    _require_may_choose(offers[0].group_order, by, at)
    if participant.removed_at is not None or not participant.member.is_on_roll(office_day(at)):
        raise OffTheRoll(name=participant.member.name)
    wanted = {pk: quantity for pk, quantity in quantities.items() if quantity > 0}
    prices = {offer.pack_id: offer.unit_price for offer in offers}
    if missing := wanted.keys() - prices.keys():
        raise NotOffered(pack=min(missing))
    amount = total((prices[pk] * quantity for pk, quantity in wanted.items()), currency())
    before = list(
        ChoiceLine.objects.filter(choice__participant=participant, choice__replaced_at=None).values_list(
            "pack_id", "quantity", "unit_price"
        )
    )
    had = {pk: quantity for pk, quantity, _price in before}
    more = [offer.pack for offer in offers if wanted.get(offer.pack_id, 0) > had.get(offer.pack_id, 0)]
    require_takes_orders(more, office_day(at))
    difference = amount - total((price * quantity for _pk, quantity, price in before), currency())
    entry = allowances.hold(
        allowance=participant.allowance, amount=difference, source=participant.allowance.occasion, by=by, at=at
    )
    return replace_choice(participant, wanted, prices, amount, entry, had, by, at)


def _require_may_choose(group_order: GroupOrder, by: Any, at: datetime) -> None:
    if by is not None:
        require_role(by, group_order.organisation, Role.ORGANISER)
    if (by is None and not group_order.accepts_members_at(at)) or group_order.state != State.OPEN:
        raise GroupOrderNotOpen(title=group_order.title)
