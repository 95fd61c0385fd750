"""The last minutes before closing: ten thousand members choose, a few at a time; does a choice slow as they accumulate?"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import django

from .meter import metered
from .report import middle

CLIENTS = 2
SAMPLE = 10  # the first and the last tenth are compared


def open_group_order(members: int) -> tuple[int, list[int]]:
    """A group order with so many participants and ten offers; its pk and theirs."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from marketplace.catalogue.models import Pack
    from marketplace.grouporders import actions
    from marketplace.grouporders.models import GroupOrder
    from marketplace.grouporders.terms import Terms
    from marketplace.money import yuan
    from marketplace.parties.models import BuyerOrganisation, Member
    from marketplace.programme.models import Campaign

    at, clerk = timezone.now(), User.objects.get(username="scale-clerk")
    union = BuyerOrganisation.objects.filter(slug__startswith="scale-b").order_by("pk")[0]
    Member.objects.filter(organisation=union, left_on=None).update(left_on=at.date())
    Member.objects.bulk_create(
        Member(organisation=union, name=f"会员{number}", department=f"第{number % 40}科", joined_on=at.date())
        for number in range(members)
    )
    terms = Terms(
        title="截止前的十分钟",
        campaign=Campaign.objects.order_by("pk")[0],
        purpose="holiday_gifts",
        fund_source="union",
        allowance_per_member=yuan(2000),
        delivery_point=union.delivery_points.get(),
        opens_at=at,
        closes_at=at + timedelta(days=1),
    )
    made: GroupOrder = actions.create_group_order(organisation=union, terms=terms, by=clerk, at=at)
    packs = list(Pack.objects.filter(listing__slug__startswith="scale-").select_related("listing").order_by("pk")[:10])
    actions.set_offers(group_order=made, packs=packs, by=clerk, at=at)
    actions.open_group_order(group_order=made, by=clerk, at=at)
    return made.pk, list(made.participants.order_by("pk").values_list("pk", flat=True))


def choose_all(pks: Sequence[int], packs: Sequence[int]) -> list[float]:
    """One choice of two packs for each participant; milliseconds each."""
    from django.utils import timezone

    from marketplace.grouporders.actions import choose
    from marketplace.grouporders.models import Participant

    taken, at = [], timezone.now()
    for number, pk in enumerate(pks):
        wanted = {packs[number % len(packs)]: 1, packs[(number * 3 + 1) % len(packs)]: 2}
        began = time.perf_counter()
        choose(participant=Participant(pk=pk), quantities=wanted, at=at)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _client(pks: list[int], packs: list[int], answers: Any, ready: Any) -> None:
    django.setup()
    choose_all(pks[:3], packs)
    ready.wait()
    answers.put(choose_all(pks[3:], packs))


def rush(members: int) -> dict[str, float]:
    """All of them choose, by two processes at once: the median of the first and of the last tenth, and the rate."""
    from marketplace.grouporders.models import GroupOrderOffer

    group_order, pks = open_group_order(members)
    packs = list(GroupOrderOffer.objects.filter(group_order=group_order).values_list("pack_id", flat=True))
    statements = _statements(pks.pop(), packs)
    context = multiprocessing.get_context("spawn")
    answers, ready = context.Queue(), context.Barrier(CLIENTS + 1)
    clients = [
        context.Process(target=_client, args=(pks[place::CLIENTS], packs, answers, ready)) for place in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    ready.wait()
    began = time.perf_counter()
    taken = [answers.get(timeout=1800) for _ in clients]
    seconds = time.perf_counter() - began
    for client in clients:
        client.join()
    part = max(1, members // SAMPLE // CLIENTS)
    first = middle([value for times in taken for value in times[:part]])
    last = middle([value for times in taken for value in times[-part:]])
    return {"statements": statements, "first_ms": first, "last_ms": last, "per_second": len(pks) / seconds}


def _statements(pk: int, packs: list[int]) -> float:
    choose_all([pk], packs)
    return float(metered(lambda: choose_all([pk], packs[1:])).statements)
