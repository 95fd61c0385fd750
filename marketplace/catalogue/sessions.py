"""When a service takes place: days, places, and until when it is booked. Its places are a shared capacity in persons.

A session's days never change once it is opened; another one is opened instead, and this one called off.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .capacity import SharedCapacity

NEARLY_FULL = 5  # one of so many places is left


class ServiceSession(models.Model):
    """One day or several on which a service is given, for so many persons."""

    class State(models.TextChoices):
        """Where it stands on a day; derived, never stored."""

        OPEN = "open", pgettext_lazy("session of a service", "open")
        NEARLY_FULL = "nearly_full", _("nearly full")
        FULL = "full", pgettext_lazy("session of a service", "full")
        CLOSED = "closed", _("booking closed")
        OVER = "over", _("over")
        CALLED_OFF = "called_off", _("called off")

    listing = models.ForeignKey("marketplace.Listing", on_delete=models.PROTECT, related_name="sessions")
    capacity = models.OneToOneField(SharedCapacity, on_delete=models.PROTECT, related_name="session")
    starts_on = models.DateField(_("takes place on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    starts_at = models.TimeField(_("time of day"), null=True, blank=True)
    deadline_days = models.PositiveSmallIntegerField(_("booked so many days before"), default=1)
    minimum_persons = models.PositiveIntegerField(
        _("takes place from so many persons on"), default=1, validators=[MinValueValidator(1)]
    )
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_off_at = models.DateTimeField(_("called off at"), null=True, blank=True)
    called_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    call_off_reason = models.CharField(_("reason"), max_length=300, blank=True)
    held_anyway_at = models.DateTimeField(_("to be held with fewer, since"), null=True, blank=True)
    held_anyway_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = pgettext_lazy("of a service", "session")
        verbose_name_plural = pgettext_lazy("of a service", "sessions")
        ordering = ["starts_on", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="session_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["listing", "starts_on", "starts_at"],
                condition=Q(called_off_at=None, starts_at__isnull=False),
                name="one_session_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["listing", "starts_on"],
                condition=Q(called_off_at=None, starts_at=None),
                name="one_session_a_day_without_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} · {self.label}"

    @property
    def label(self) -> str:
        """Its days as they stand on papers in every language: 2026-12-05, 2026-12-05 09:00, 2026-12-05/12-07."""
        days = f"{self.starts_on:%Y-%m-%d}"
        if self.ends_on and self.ends_on != self.starts_on:
            same = self.ends_on.year == self.starts_on.year
            days += f"/{self.ends_on:%m-%d}" if same else f"/{self.ends_on:%Y-%m-%d}"
        return f"{days} {self.starts_at:%H:%M}" if self.starts_at else days

    @property
    def last_day(self) -> date:
        return self.ends_on or self.starts_on

    @property
    def book_until(self) -> date:
        """The last day on which it is booked."""
        return self.starts_on - timedelta(days=self.deadline_days)

    @property
    def persons(self) -> int:
        """How many places there are."""
        return self.capacity.amount

    @property
    def booked(self) -> int:
        """How many places are promised or were used."""
        return self.capacity.taken

    @property
    def places_left(self) -> int:
        """Places that nobody has; what of them can be booked is another question."""
        return self.capacity.amount - self.capacity.taken

    @property
    def missing_persons(self) -> int:
        """How many more have to come for it to take place."""
        return max(0, self.minimum_persons - self.capacity.taken)

    @property
    def is_certain(self) -> bool:
        """Whether it takes place as things stand: enough have booked, or the vendor holds it with fewer."""
        return self.called_off_at is None and (self.missing_persons == 0 or self.held_anyway_at is not None)

    def wants_decision_on(self, day: date) -> bool:
        """Whether its vendor has to say if it is held: nobody books any more, some have, and they are too few."""
        is_over = self.is_bookable_on(day) or day > self.last_day or self.called_off_at is not None
        return not is_over and not self.is_certain and self.capacity.promised > 0 and self.capacity.spent == 0

    def is_bookable_on(self, day: date) -> bool:
        """Whether it takes bookings on ``day``, places aside."""
        return self.called_off_at is None and day <= self.book_until

    def state_on(self, day: date) -> State:
        """Where it stands on ``day``."""
        if self.called_off_at is not None:
            return self.State.CALLED_OFF
        if day > self.last_day:
            return self.State.OVER
        if day > self.book_until:
            return self.State.CLOSED
        if self.places_left <= 0:
            return self.State.FULL
        return self.State.NEARLY_FULL if self.places_left * NEARLY_FULL <= self.persons else self.State.OPEN
