"""The errand as a task of Django's: done at once in the same process, or by a worker, as the site's ``TASKS`` says."""

from __future__ import annotations

from django.utils import timezone

from .work import run

try:
    from django.tasks import task  # Django 6
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]  # the same for Django 5.2; Wagtail brings it


@task()
def run_errand(kind: str, key: str) -> None:
    """Do one errand now. Retries are ours: a failed one is due again later, and the clock comes by."""
    run(kind=kind, key=key, at=timezone.now())
