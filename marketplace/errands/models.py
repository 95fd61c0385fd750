"""What is done without anybody looking: errands that follow from a step, and the clock's rounds with what they met.

An errand is written in the transaction of its cause, so that no crash loses it; nothing here is money or a document.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ErrandQuerySet(models.QuerySet["Errand"]):
    def waiting(self) -> ErrandQuerySet:
        """Neither done nor given up."""
        return self.filter(done_at=None, given_up_at=None)

    def due(self, at: datetime) -> ErrandQuerySet:
        """Waiting, due, and not in somebody's hands: a claim that has run out belongs to a worker that died."""
        return self.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=at), due_at__lte=at)

    def given_up(self) -> ErrandQuerySet:
        """Tried as often as allowed, in vain: a person has to look."""
        return self.filter(given_up_at__isnull=False)


class Errand(models.Model):
    """One thing to be done after a step was committed; ``key`` holds identifiers and nothing else."""

    kind = models.CharField(_("kind"), max_length=30)
    key = models.CharField(_("about"), max_length=120)
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due at"))
    claimed_until = models.DateTimeField(_("in hand until"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_failure = models.CharField(_("last failure"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("errand")
        verbose_name_plural = _("errands")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="errand_once"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(given_up_at=None), name="errand_ends_one_way"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, given_up_at=None), name="errands_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ClockStep(models.Model):
    """One row of the clock's table: when it last went round, and why it could not, if it could not."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    claimed_until = models.DateTimeField(_("in hand until"), null=True, blank=True)
    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    done = models.PositiveIntegerField(_("documents moved"), default=0)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("clock step")
        verbose_name_plural = _("clock steps")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ClockProblem(models.Model):
    """A document that the clock could not move in its last round: a rule that says no, or a failure nobody expected."""

    step = models.ForeignKey(ClockStep, on_delete=models.CASCADE, related_name="problems")
    reference = models.CharField(_("reference"), max_length=40)
    sentence = models.CharField(_("reason"), max_length=300)
    is_failure = models.BooleanField(_("unexpected"), default=False)
    first_met_at = models.DateTimeField(_("first met at"))
    last_met_at = models.DateTimeField(_("last met at"))

    class Meta:
        verbose_name = _("clock problem")
        verbose_name_plural = _("clock problems")
        ordering = ["first_met_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["step", "reference"], name="clock_problem_once")]

    def __str__(self) -> str:
        return self.reference
