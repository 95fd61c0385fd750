"""Wagtail's own admin: no address of it shows an officer what is another county's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from marketplace.catalogue.models import Listing
from tests.architecture.stage import Stage, everything, text_of, visitor

pytestmark = pytest.mark.django_db


def listing_arguments(stage: Stage) -> dict[str, Any]:
    """A value for every argument an address of the view sets can have, all real."""
    listing = stage.listing
    state = listing.current_workflow_state
    first = listing.revisions.order_by("pk").first()
    return {
        "pk": listing.pk,
        "revision_id": first.pk,
        "revision_id_a": first.pk,
        "revision_id_b": listing.latest_revision_id,
        "action_name": "approve",
        "task_state_id": state.current_task_state_id,
        "workflow_state_id": state.pk,
        "task_id": state.current_task_state.task_id,
    }


def view_set_addresses(stage: Stage) -> Iterator[tuple[str, str, bool]]:
    """(name, address, whether it names a listing) of every pattern of the listings' view set and of its chooser."""
    values = listing_arguments(stage)
    view_set = Listing.snippet_viewset
    for made in (view_set, view_set.chooser_viewset):
        space = getattr(made, "url_namespace", None) or view_set.get_admin_url_namespace()
        for pattern in made.get_urlpatterns():
            names = list(pattern.pattern.regex.groupindex)
            assert set(names) <= set(values), f"{pattern.name} has a new argument: give it a value above"
            arguments = {name: values[name] for name in names}
            yield pattern.name, reverse(f"{space}:{pattern.name}", kwargs=arguments), "pk" in names


def test_every_address_of_the_listings_view_set_hides_another_countys_listing(stage: Stage) -> None:
    foreign, operator = visitor(stage, "foreign-officer"), visitor(stage, "operator")
    wrong, seen = [], set()
    before = everything()
    for name, address, names_one in view_set_addresses(stage):
        seen.add(name)
        for method in ("get", "post"):
            answer = getattr(foreign, method)(address)
            if names_one and answer.status_code not in (403, 404, 405 if method == "post" else 404):
                wrong.append(f"{method} {name}: {answer.status_code}")
            if stage.listing.title in text_of(answer):
                wrong.append(f"{method} {name}: shows it")
        if operator.get(address).status_code == 404:
            wrong.append(f"{name}: not there even for the operator, so the test proves nothing")
    assert wrong == []
    assert everything() == before
    assert seen >= {"list", "edit", "inspect", "history", "usage", "choose", "chosen", "preview_on_edit", "unpublish"}
    assert seen >= {"workflow_action", "lock", "unlock", "revisions_revert", "revisions_compare", "delete"}


def test_the_countys_own_officer_reads_list_inspection_history_and_usage(stage: Stage) -> None:
    client = visitor(stage, "officer")
    addresses = {name: address for name, address, _one in view_set_addresses(stage)}
    for name in ("list", "list_results", "inspect", "history", "usage", "choose", "choose_results", "chosen"):
        answer = client.get(addresses[name])
        assert answer.status_code == 200, name
        assert stage.listing.title in text_of(answer), name


@pytest.mark.parametrize("action", ["delete", "publish", "unpublish"])
def test_bulk_actions_do_not_reach_another_countys_listing(stage: Stage, action: str) -> None:
    address = reverse("wagtail_bulk_action", args=["marketplace", "listing", action]) + f"?id={stage.listing.pk}"
    before = everything()
    for method in ("get", "post"):
        answer = getattr(visitor(stage, "foreign-officer"), method)(address)
        assert answer.status_code == 404, method
    assert everything() == before


LEFT_OUT = ("admin/logout", "admin/failwhale")  # ends the session; fails on purpose


def plain_admin_addresses() -> Iterator[str]:
    """Every address below /admin/ that takes no argument."""
    from django.urls import get_resolver
    from django.urls.resolvers import URLResolver

    def is_plain(here: str) -> bool:
        return here.startswith("admin/") and "(" not in here and not here.startswith(LEFT_OUT)

    def walk(resolver: Any, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            here = prefix + str(pattern.pattern).replace("^", "").replace("$", "").replace("\\Z", "")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, here)
            elif is_plain(here) and not pattern.pattern.regex.groups:
                yield f"/{here}"

    yield from sorted(set(walk(get_resolver(), "")))


def test_no_admin_screen_shows_a_foreign_officer_the_countys_listings_or_orders(stage: Stage) -> None:
    foreign, operator = visitor(stage, "foreign-officer"), visitor(stage, "operator")
    marks = [stage.listing.title, stage.order.reference, stage.union.name]
    wrong, shown = [], 0
    for address in plain_admin_addresses():
        text = text_of(foreign.get(address))
        wrong += [f"{address} shows {mark}" for mark in marks if mark in text]
        shown += stage.listing.title in text_of(operator.get(address))
    assert shown >= 3  # the operator does see it: the marks are the right ones
    assert wrong == []
