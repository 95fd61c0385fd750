"""Questions about group orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from ..catalogue import pricing
from ..catalogue.models import Stock
from ..conf import currency
from ..money import Money
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, DeliveryPoint, Department, Member
from ..parties.tokens import token_hash
from .completion import Demand, Misfit, misfits
from .lifecycle import State
from .models import ChoiceLine, GroupOrder, GroupOrderOffer, MemberChoice, Participant, PersonalLink


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer as a member sees it: the pack, its collective tier now, and what is missing to the next."""

    offer: GroupOrderOffer
    progress: pricing.Progress
    own_quantity: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the choosing has come: members taking part, those who chose, and the amount chosen."""

    participants: int
    chosen: int
    amount: Money

    @property
    def percent(self) -> int:
        return 0 if not self.participants else self.chosen * 100 // self.participants


def participant_by_token(token: str, at: datetime) -> Participant | None:
    """The participant a personal link lets in; ``None`` when it is unknown, revoked or expired, or they have left."""
    gone = Q(participant__removed_at__isnull=False) | Q(participant__member__left_on__lte=office_day(at))
    link = (
        PersonalLink.objects.filter(token_hash=token_hash(token), revoked_at=None, expires_at__gt=at)
        .exclude(gone)
        .select_related("participant__member", "participant__group_order__organisation", "participant__allowance")
        .first()
    )
    return link.participant if link else None


def offers_with_packs(group_order: GroupOrder) -> QuerySet[GroupOrderOffer]:
    """The offers with pack, listing, vendor and tiers, in the organiser's order; four statements in all."""
    return (
        GroupOrderOffer.objects.filter(group_order=group_order)
        .select_related(
            "pack__listing__vendor",
            "pack__listing__origin",
            "pack__listing__cover",
            "pack__stock__capacity",
            "pack__session",
        )
        .prefetch_related("pack__tiers", "pack__listing__cover__renditions")
    )


def offer_views(group_order: GroupOrder, own: dict[int, int]) -> list[OfferView]:
    """What a member sees of each offer; ``own`` is their current choice (pack pk → quantity)."""
    return [
        OfferView(
            offer=offer,
            progress=pricing.progress(offer.unit_price, offer.pack.ladder, offer.quantity_chosen),
            own_quantity=own.get(offer.pack_id, 0),
        )
        for offer in offers_with_packs(group_order)
    ]


def current_choice(participant: Participant) -> MemberChoice | None:
    """The member's choice as it stands, with its lines."""
    return participant.choices.filter(replaced_at=None).prefetch_related("lines__pack__listing").first()


def current_choices(group_order: GroupOrder) -> QuerySet[MemberChoice]:
    """All standing choices of a group order with member and lines."""
    return (
        MemberChoice.objects.filter(participant__group_order=group_order, replaced_at=None)
        .select_related("participant__member", "participant__allowance")
        .prefetch_related(Prefetch("lines", ChoiceLine.objects.select_related("pack__listing")))
        .order_by("chosen_at", "pk")
    )


def participants_with_choice(group_order: GroupOrder) -> QuerySet[Participant]:
    """All who take part, by department and name, each with ``standing`` (a list: the standing choice, or empty)."""
    return (
        by_department(Participant.objects.filter(group_order=group_order, removed_at=None))
        .select_related("member", "allowance", "delivery_point")
        .prefetch_related(
            Prefetch(
                "choices",
                MemberChoice.objects.filter(replaced_at=None).prefetch_related("lines__pack__listing"),
                to_attr="standing",
            )
        )
    )


def by_department(participants: QuerySet[Participant]) -> QuerySet[Participant]:
    """In the order of the organisation's departments, those without one at the end, then by name."""
    place = Department.objects.filter(
        organisation=OuterRef("group_order__organisation"), name=OuterRef("member__department")
    ).values("position")[:1]
    return participants.annotate(department_position=Subquery(place)).order_by(
        F("department_position").asc(nulls_last=True), "member__department", "member__name", "pk"
    )


def coverage(group_order: GroupOrder) -> Coverage:
    """How many take part, how many chose, and for how much."""
    chosen = MemberChoice.objects.filter(participant__group_order=group_order, replaced_at=None, amount__gt=0)
    amount = chosen.aggregate(amount=Sum("amount"))["amount"] or Money(0, currency())
    return Coverage(group_order.participants.filter(removed_at=None).count(), chosen.count(), amount)


def open_coverage(organisation_pks: Sequence[int]) -> dict[int, list[tuple[GroupOrder, Coverage]]]:
    """Per organisation (pk): its open group orders with how far the choosing has come, in one statement and no names."""
    standing = Q(participants__choices__replaced_at=None, participants__choices__amount__gt=0)
    rows = GroupOrder.objects.filter(organisation_id__in=organisation_pks, state=State.OPEN).annotate(
        people=Count("participants", filter=Q(participants__removed_at=None), distinct=True),
        chosen=Count("participants", filter=standing, distinct=True),
    )
    found: dict[int, list[tuple[GroupOrder, Coverage]]] = {}
    for row in rows.order_by("closes_at", "pk"):
        covered = Coverage(row.people, row.chosen, Money(0, currency()))
        found.setdefault(row.organisation_id, []).append((row, covered))
    return found


def points_of(group_order: GroupOrder) -> list[DeliveryPoint]:
    """Where the group order is delivered: its own point first, then the further ones."""
    further = group_order.further_points.select_related("delivery_point")
    return [group_order.delivery_point, *(row.delivery_point for row in further)]


def still_held(organisation: BuyerOrganisation, member: Member) -> list[Participant]:
    """Where a member of the roll takes part in what is not ordered yet: open or closed group orders."""
    rows = Participant.objects.filter(
        member=member, removed_at=None, group_order__organisation=organisation,
        group_order__state__in=[State.OPEN, State.CLOSED],
    )  # fmt: skip
    return list(rows.select_related("group_order", "allowance").order_by("pk"))


def demands(group_order: GroupOrder) -> list[Demand]:
    """What all members together want of each pack, against its stock, minimum and multiple."""
    offers = offers_with_packs(group_order).filter(quantity_chosen__gt=0)
    return [
        Demand(
            pack_pk=offer.pack_id,
            label=str(offer.pack),
            quantity=offer.quantity_chosen,
            available=_available(offer),
            minimum=offer.pack.minimum_quantity,
            multiple=offer.pack.multiple,
        )
        for offer in offers
    ]


def _available(offer: GroupOrderOffer) -> int:
    try:
        on_sale = offer.pack.is_offered and offer.pack.listing.live
        return offer.pack.stock.available if on_sale else 0
    except Stock.DoesNotExist:
        return 0


def what_does_not_fit(group_order: GroupOrder) -> list[Misfit]:
    """What stands in the way of closing: packs above stock, below minimum, or no multiple."""
    return misfits(demands(group_order))


def lines_by_pack(group_order: GroupOrder, pack_pks: Sequence[int]) -> QuerySet[ChoiceLine]:
    """The standing choice lines for these packs that still expect goods, with their allowance."""
    return (
        ChoiceLine.objects.filter(
            choice__participant__group_order=group_order,
            choice__replaced_at=None,
            pack_id__in=pack_pks,
            quantity__gt=F("quantity_released"),
        )
        .select_related("choice__participant")
        .order_by("choice__chosen_at", "pk")
    )
