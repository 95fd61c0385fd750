"""What several of the questions about the house begin with."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.architecture.stage import Stage, set_stage
from tests.factories.world import World


@pytest.fixture
def stage(world: World, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage set with one of everything, at the moment of the test."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return set_stage(world)
