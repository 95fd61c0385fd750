"""Group purchasing: prepare, open, invite by link, choose, close; and who goes short."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from .. import audit, signals
from ..allowances import actions as allowances
from ..catalogue.errors import NotDelivered
from ..catalogue.freight_rules import FreightRule
from ..catalogue.models import Pack
from ..catalogue.pricing import unit_price
from ..catalogue.taking import require_takes_orders
from ..conf import currency, setting
from ..errors import IllegalTransition
from ..money import Money, total
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, DeliveryPoint, Department, Member, Role
from ..parties.selectors import require_role
from ..parties.tokens import fresh_token, token_hash
from ..programme.models import Campaign
from ..references import local_year, unique_references
from .completion import Misfit, Wish, go_short
from .errors import (
    ChoicesDoNotFit,
    ClosesBeforeItOpens,
    GroupOrderNotOpen,
    NobodyTakesPart,
    NothingChosen,
    NothingOffered,
    NotOffered,
    OffTheRoll,
    PackageOverAllowance,
    PointNotServed,
)
from .lifecycle import LIFE, State
from .locks import lock_group_order, lock_participant, lock_participants, release_lines, shift_tally
from .models import (
    ChoiceLine,
    FreightSharing,
    GroupOrder,
    GroupOrderOffer,
    GroupOrderPoint,
    MemberChoice,
    Package,
    PackageItem,
    Participant,
    PersonalLink,
)
from .selectors import by_department, current_choices, lines_by_pack, what_does_not_fit


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


@transaction.atomic
def create_group_order(*, organisation: BuyerOrganisation, terms: Terms, by: Any, at: datetime) -> GroupOrder:
    """A group order being prepared. By an organiser."""
    require_role(by, organisation, Role.ORGANISER)
    _require_times(terms.opens_at, terms.closes_at, at)
    group_order = GroupOrder.objects.create(
        reference=unique_references("GO", 1, at=at)[0],
        organisation=organisation,
        created_by=by,
        created_at=at,
        **{name: getattr(terms, name) for name in COLUMNS},
    )
    _set_points(group_order, terms)
    audit.record("marketplace.create_group_order", [group_order], by=by, at=at)
    return group_order


def _require_times(opens_at: datetime, closes_at: datetime, at: datetime) -> None:
    if closes_at <= opens_at or closes_at <= at:
        raise ClosesBeforeItOpens()


def _require_state(group_order: GroupOrder, state: State) -> None:
    if group_order.state != state:
        raise IllegalTransition(document=group_order.title, state=group_order.get_state_display(), wanted=state.label)


@transaction.atomic
def change_terms(*, group_order: GroupOrder, terms: Terms, by: Any, at: datetime) -> GroupOrder:
    """Change what was decided, while the group order is being prepared."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    _require_state(group_order, State.DRAFT)
    _require_times(terms.opens_at, terms.closes_at, at)
    for name in COLUMNS:
        setattr(group_order, name, getattr(terms, name))
    group_order.save()
    _set_points(group_order, terms)
    return group_order


def _set_points(group_order: GroupOrder, terms: Terms) -> None:
    further = [point for point in terms.further_points if point != terms.delivery_point]
    for point in (terms.delivery_point, *further):
        if point.organisation_id != group_order.organisation_id or point.ended_on is not None:
            raise PointNotServed(point=point.name)
    group_order.further_points.all().delete()
    GroupOrderPoint.objects.bulk_create(
        GroupOrderPoint(group_order=group_order, delivery_point=point) for point in further
    )


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
    _require_state(group_order, State.DRAFT)
    asked = group_order.offers.all() if shown is None else group_order.offers.filter(pack__in=shown)
    kept = _packaged(group_order, besides=asked)
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
        _make_package(group_order, {offer.pack_id: offer for offer in [*standing, *made]}, package_name, items)
    return group_order


def _packaged(group_order: GroupOrder, *, besides: QuerySet[GroupOrderOffer]) -> dict[int, int]:
    items = PackageItem.objects.filter(package__group_order=group_order).exclude(offer__in=besides)
    return dict(items.values_list("offer__pack_id", "quantity"))


@transaction.atomic
def add_offer(*, group_order: GroupOrder, pack: Pack, by: Any, at: datetime) -> GroupOrderOffer:
    """One more pack that members may choose, behind the others, before opening; the package stays as it is."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    _require_state(group_order, State.DRAFT)
    require_takes_orders([pack], office_day(at))
    offer, _made = GroupOrderOffer.objects.get_or_create(
        group_order=group_order,
        pack=pack,
        defaults={"unit_price": pack.unit_price, "position": group_order.offers.count()},
    )
    return offer


def _make_package(
    group_order: GroupOrder, offers: Mapping[int, GroupOrderOffer], name: str, items: Mapping[int, int]
) -> None:
    if missing := items.keys() - offers.keys():
        raise NotOffered(pack=min(missing))
    cost = total((offers[pk].unit_price * quantity for pk, quantity in items.items()), currency())
    if cost > group_order.allowance_per_member:
        raise PackageOverAllowance(total=cost, allowance=group_order.allowance_per_member)
    made = Package.objects.create(group_order=group_order, name=name or gettext("Package"))
    PackageItem.objects.bulk_create(
        PackageItem(package=made, offer=offers[pk], quantity=quantity) for pk, quantity in items.items() if quantity
    )


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


@transaction.atomic
def open_group_order(*, group_order: GroupOrder, by: Any, at: datetime) -> GroupOrder:
    """Grant every member on the roll their allowance and let them choose from ``opens_at`` on."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.ORGANISER)
    _require_state(group_order, State.DRAFT)
    _require_times(group_order.opens_at, group_order.closes_at, at)
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


def _points_by_department(group_order: GroupOrder) -> dict[str, int]:
    """Department → its own point (pk), where the group order is delivered there and it is not the group order's own."""
    further = list(group_order.further_points.values_list("delivery_point_id", flat=True))
    if not further:
        return {}
    rows = Department.objects.filter(organisation_id=group_order.organisation_id, delivery_point__in=further)
    return {name: pk for name, pk in rows.values_list("name", "delivery_point_id") if pk}


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


def replace_choice(
    participant: Participant,
    wanted: Mapping[int, int],
    prices: Mapping[int, Money],
    amount: Money,
    entry: Any,
    before: Mapping[int, int],
    by: Any,
    at: datetime,
) -> MemberChoice:
    """Put a choice in place of the standing one and move the tally; the allowance has been moved by the caller."""
    MemberChoice.objects.filter(participant=participant, replaced_at=None).update(replaced_at=at)
    choice = MemberChoice.objects.create(
        participant=participant, chosen_at=at, chosen_by=by, amount=amount, allowance_entry=entry
    )
    ChoiceLine.objects.bulk_create(
        ChoiceLine(choice=choice, pack_id=pk, quantity=quantity, unit_price=prices[pk])
        for pk, quantity in sorted(wanted.items())
    )
    steps = {pk: wanted.get(pk, 0) - before.get(pk, 0) for pk in wanted.keys() | before.keys()}
    if steps := {pk: step for pk, step in sorted(steps.items()) if step}:
        shift_tally(participant.group_order_id, steps)
    return choice


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
    _reprice(group_order, prices, by, at)


def _reprice(group_order: GroupOrder, prices: Mapping[int, Money], by: Any, at: datetime) -> None:
    """Give every current line its pack's price; what a choice costs less is released, what it costs more is held."""
    lines, rises = [], defaultdict(list)
    for choice in current_choices(group_order):
        for line in choice.lines.all():
            if (now := prices[line.pack_id]) != line.unit_price:
                rises[choice].append((now - line.unit_price) * line.quantity)
                line.unit_price = now
                lines.append(line)
    for choice, amounts in rises.items():
        choice.amount = choice.amount + total(amounts)
    ChoiceLine.objects.bulk_update(lines, ["unit_price"], batch_size=300)
    MemberChoice.objects.bulk_update(rises.keys(), ["amount"], batch_size=300)
    allowances.change_held(
        amounts={choice.participant.allowance_id: total(amounts) for choice, amounts in rises.items()},
        source=group_order.reference,
        by=by,
        at=at,
    )


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
    _require_state(group_order, State.CLOSED)
    _require_times(group_order.opens_at, closes_at, at)
    lock_participants(group_order.pk)
    _reprice(group_order, {offer.pack_id: offer.unit_price for offer in group_order.offers.all()}, by, at)
    group_order.state, group_order.closes_at = State.OPEN, closes_at
    group_order.closed_at, group_order.closed_by = None, None
    group_order.save(update_fields=["state", "closes_at", "closed_at", "closed_by"])
    audit.record("marketplace.reopen_group_order", [group_order], by=by, at=at)
    return group_order


def commit_choices(*, group_order: GroupOrder, by: Any, at: datetime) -> None:
    """The order is placed: what the choices hold becomes committed."""
    amounts = dict(
        MemberChoice.objects.filter(participant__group_order=group_order, replaced_at=None, amount__gt=0).values_list(
            "participant__allowance_id", "amount"
        )
    )
    allowances.commit(amounts=amounts, source=group_order.reference, by=by, at=at)


def release_shares(
    *,
    group_order: GroupOrder,
    missing: Mapping[int, int],
    room: Mapping[tuple[int, int], int] | None = None,
    had: Mapping[tuple[int, int], int] | None = None,
    by: Any,
    at: datetime,
) -> Counter[tuple[int, int]]:
    """Goods (pack pk → quantity) will not come: the latest choosers go short and get their allowance back.

    ``had`` says what somebody had already, (pack pk, participant pk) → quantity: that is given up last.

    ``room`` says how many of a pack can be missing at a point: (pack pk, delivery point pk) → quantity.
    Answers how many of each pack are given up at each point.
    """
    missing = {pk: quantity for pk, quantity in missing.items() if quantity}
    if not missing:
        return Counter()
    lines = list(lines_by_pack(group_order, list(missing)))
    given_up: Counter[int] = Counter()
    for pack_pk, short in missing.items():
        wishes = [
            wish
            for order, line in enumerate(lines)
            if line.pack_id == pack_pk
            for wish in _wishes(line, order, len(lines), _point(line, group_order), had or {})
        ]
        places = None if room is None else {point: n for (pack, point), n in room.items() if pack == pack_pk}
        given_up.update(go_short(wishes, short, places))
    release_lines(given_up)
    back: dict[int, Money] = defaultdict(lambda: Money(0, currency()))
    at_points: Counter[tuple[int, int]] = Counter()
    for line in lines:
        if line.pk in given_up:
            back[line.choice.participant.allowance_id] += line.unit_price * given_up[line.pk]
            at_points[line.pack_id, _point(line, group_order)] += given_up[line.pk]
    allowances.release_committed(amounts=back, source=group_order.reference, by=by, at=at)
    return at_points


def _wishes(line: ChoiceLine, order: int, behind: int, place: int, had: Mapping[tuple[int, int], int]) -> list[Wish]:
    """What a line still expects goes short before anything that somebody had already."""
    kept = min(had.get((line.pack_id, line.choice.participant_id), 0), line.quantity_served)
    return [
        Wish(line.pk, order + behind, line.quantity_served - kept, place),
        *([Wish(line.pk, order, kept, place)] if kept else []),
    ]


def _point(line: ChoiceLine, group_order: GroupOrder) -> int:
    return line.choice.participant.delivery_point_id or group_order.delivery_point_id
