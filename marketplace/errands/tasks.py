"""Errands as a task of Django's: done at once in the same process, or by a worker, as the site's ``TASKS`` says."""

from __future__ import annotations

from django.utils import timezone

from .work import run

try:
    from django.tasks import task  # Django 6
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]  # the same for Django 5.2; Wagtail brings it


@task()
def run_errands(kind: str, keys: list[str]) -> None:
    """Do what one step asked for, one errand after the other. Retries are ours: a failed one is due again later, and the clock comes by."""
    for key in keys:
        run(kind=kind, key=key, at=timezone.now())
