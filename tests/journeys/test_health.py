"""The operator sees what stands still, where to act on it, and tries again; a monitor reads the same in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.models import Listing
from marketplace.errands import work
from marketplace.errands.actions import schedule
from marketplace.errands.models import ClockProblem, ClockStep, Errand
from marketplace.errors import Failed
from marketplace.money import yuan
from marketplace.payments.models import Checkout, Invoice, Payment, Refund
from marketplace.purchase.clock import tick
from marketplace.purchase.health import parts
from marketplace.purchase.stuck import stuck
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db
PAGE = "/admin/marketplace/health/"


@pytest.fixture
def operator(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(factory.user("operator", is_superuser=True, is_staff=True))
    return client


def rows(world: World, days: int = 0) -> dict[str, list[tuple[str, str]]]:
    """What stands still so many days later: (reference, why) by kind."""
    found = stuck(at=world.now + timedelta(days=days))
    return {kind: [(row.reference, row.why) for row in some] for kind, some in found.items()}


def test_where_all_goes_well_nothing_stands_still(world: World, operator: Client) -> None:
    assert rows(world) == {}
    assert "Nothing stands still." in operator.get(PAGE).content.decode()


def test_what_stands_still_is_named_with_why(world: World) -> None:
    tea, rice = factory.placed(world, tea=1, rice=1, count=2)
    invoice = Invoice.objects.get()
    money: Any = {"invoice": invoice, "gateway": "stripe", "amount": yuan(10)}
    treasurer = world.users["treasurer"]
    Checkout.objects.create(
        reference="CK-1", opened_at=world.now, opened_by=treasurer, expires_at=world.now, mismatch="amount", **money
    )
    payment = Payment.objects.create(
        invoice=invoice, gateway="bank_transfer", amount=yuan(10), transaction_number="B1",
        paid_on=world.now.date(), recorded_at=world.now,
    )  # fmt: skip
    Refund.objects.create(reference="RF-1", payment=payment, requested_at=world.now, **money)
    Errand.objects.all().delete()
    Errand.objects.create(
        kind="send_refund", key="RF-1", asked_at=world.now, due_at=world.now, attempts=3, last_failure="down"
    )
    Errand.objects.create(
        kind="letter", key="order_placed:PO-1:1:2", asked_at=world.now, due_at=world.now,
        given_up_at=world.now, last_failure="refused",
    )  # fmt: skip
    step = ClockStep.objects.create(name="group_orders", failure="OSError: no")
    ClockProblem.objects.create(
        step=step, reference="GO-1", sentence="too much", first_met_at=world.now, last_met_at=world.now
    )
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.title = "新茶"
    catalogue.save_listing_draft(listing=changed, by=world.users["teaco"], at=world.now)
    catalogue.submit_listing(listing=changed, by=world.users["teaco"], at=world.now)
    WorkflowState.objects.filter(status="in_progress").update(created_at=world.now)
    always = {
        "clock_steps": [("Close group orders", "OSError: no")],
        "clock_problems": [("GO-1", "too much")],
        "errands": [("RF-1", "down")],
        "mail": [("PO-1", "refused")],
        "mismatches": [("CK-1", "amount")],
    }
    from django.utils import translation

    with translation.override("en"):
        assert rows(world, 3) == always
        assert rows(world, 4) == always | {"refunds": [("RF-1", "Union · ¥10.00")]}
        late = rows(world, 12)
    assert late["reviews"] == [("舒城小兰花", "TeaCo")]
    assert sorted(late["orders"]) == sorted(
        (order.reference, f"waiting for the vendor's answer · {order.vendor_name}") for order in (tea, rice)
    )


def test_each_row_leads_to_where_a_person_can_act(world: World, operator: Client) -> None:
    tea, _rice = factory.placed(world, tea=1, rice=1, count=2)
    at = timezone.now()
    step = ClockStep.objects.create(name="silent_vendors")
    for reference in (tea.reference, "GO-1"):
        ClockProblem.objects.create(step=step, reference=reference, sentence="no", first_met_at=at, last_met_at=at)
    Errand.objects.create(kind="look_up_checkout", key="CK-1", asked_at=at, due_at=at, given_up_at=at)
    text = operator.get(PAGE).content.decode()
    assert f'<a href="{reverse("marketplace_backoffice:order", args=[tea.reference])}">{tea.reference}</a>' in text
    assert f'<a href="{reverse("marketplace_backoffice:reconcile")}">CK-1</a>' in text
    assert "<b>GO-1</b>" in text  # its organiser acts, not the operator
    assert "The clock is late." in text


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Errands of the kind ``test`` fail while this list holds something."""
    reasons = ["down"]

    def doing(key: str, at: Any) -> None:
        if reasons:
            raise Failed()

    monkeypatch.setitem(work._kinds, "test", doing)
    return reasons


def test_the_operator_tries_again_until_it_goes_through(
    world: World, operator: Client, flaky: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    schedule("test", ["a"], at=world.now)
    Errand.objects.update(attempts=12, given_up_at=world.now, last_failure="down")
    button = reverse("marketplace_backoffice:try_errand", args=[Errand.objects.get().pk])
    assert button in operator.get(PAGE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(button)
    assert (Errand.objects.get().attempts, Errand.objects.get().given_up_at) == (1, None)
    flaky.clear()
    Errand.objects.update(due_at=world.now)
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(button)
    assert Errand.objects.get().done_at is not None
    assert "Nothing stands still." in operator.get(PAGE).content.decode()


def test_the_operator_lets_the_clock_go_round(world: World, operator: Client) -> None:
    button = reverse("marketplace_backoffice:run_clock_step")
    assert "The clock went round." in operator.post(button, {"step": "sweeps"}, follow=True).content.decode()
    assert [step.name for step in ClockStep.objects.all()] == ["sweeps"]
    text = operator.post(button, follow=True).content.decode()
    assert "The clock is late." not in text
    assert operator.post(button, {"step": "strange"}).status_code == 404


def test_a_part_that_does_not_work_is_named(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    list(tick(at=world.now))
    assert [part.name for part in parts(at=world.now) if not part.is_well] == []
    monkeypatch.setattr(type(storages["private"]), "save", lambda *args, **more: 1 / 0)
    monkeypatch.setattr("marketplace.purchase.health.matching", lambda listings, text: listings.none())
    ill = {part.name: str(part.fault) for part in parts(at=world.now + timedelta(hours=1)) if not part.is_well}
    assert sorted(ill) == ["clock", "files", "private_files", "search"]
    assert "ZeroDivisionError" in ill["private_files"]


def test_a_monitor_with_the_token_reads_it_in_numbers_and_nobody_else_does(world: World, settings: Any) -> None:
    client, page = Client(), reverse("marketplace:health")
    assert client.get(page, headers={"authorization": "Bearer "}).status_code == 404  # no token is set
    settings.MARKETPLACE_HEALTH_TOKEN = "a-long-token"
    for given in ("", "Bearer", "Bearer a-long-tokem", "a-long-token", "Bearer é"):
        assert client.get(page, headers={"authorization": given}).status_code == 404
    good = {"authorization": "Bearer a-long-token"}
    answer = client.get(page, headers=good)
    assert (answer.status_code, answer.json()["parts"]["clock"]) == (503, "is late")
    list(tick(at=timezone.now()))
    Errand.objects.create(kind="test", key="secret", asked_at=world.now, due_at=world.now, given_up_at=world.now)
    answer = client.get(page, headers=good)
    assert answer.status_code == 200
    assert set(answer.json()["parts"].values()) == {"ok"}
    assert answer.json()["stuck"] == {"errands": 1}
    assert "secret" not in answer.content.decode()
    assert client.post(page, headers=good).status_code == 405


def test_no_late_order_is_left_out_and_a_kind_with_many_says_so(
    world: World, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory.placed(world, tea=1, rice=1, count=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + timedelta(days=12))
    assert "there may be more" not in operator.get(PAGE).content.decode()
    for where in ("marketplace.purchase.stuck", "marketplace.backoffice.health"):
        monkeypatch.setattr(f"{where}.AT_MOST", 1)
    assert len(stuck(at=world.now + timedelta(days=12))["orders"]) == 1
    page = operator.get(PAGE).content.decode()
    assert "These are the 1 that stand still longest; there may be more." in page
    assert f"{reverse('marketplace_backoffice:orders')}?late=on" in page
    assert operator.get(reverse("marketplace_backoffice:orders") + "?late=on").content.decode().count("PO-") >= 2


def test_a_late_order_behind_many_that_are_in_time_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tea, rice = factory.placed(world, tea=1, rice=1, count=2)
    monkeypatch.setattr("marketplace.purchase.stuck.AT_MOST", 1)
    tea.placed_at = world.now + timedelta(days=10)  # the other one is older; only one is late
    tea.save(update_fields=["placed_at"])
    assert [row.reference for row in stuck(at=world.now + timedelta(days=12))["orders"]] == [rice.reference]
