"""The trading rules in dated editions: what holds today, what is announced, what held before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from ...parties.actions import office_day
from ..editions import NOTICE_DAYS, Edition, Standing, standing
from ..published import pages_of
from .prose import BodyMixin, ProseMixin


class RulesMixin(ProseMixin):
    """The page of the trading rules; its editions are the pages below it."""

    kind = "rules"

    lead = models.TextField(_("introduction"), max_length=240, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        abstract = True

    def standing(self, on: date) -> Standing:
        """How the published editions stand on a day."""
        page: Any = self
        rows = [row for rows in pages_of("rules_edition") for row in rows.child_of(page)]
        return standing([row.edition for row in rows], on=on)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, "standing": self.standing(office_day(timezone.now()))}


class EditionForm(WagtailAdminPageForm):
    """An edition that was published stays as it is; a new one gives seven days' notice."""

    FROZEN: ClassVar = ("effective_on", "changes", "body")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        page = self.instance
        if page.first_published_at:
            for name in set(self.FROZEN) & set(self.changed_data):
                self.add_error(name, _("A published edition is not changed: add a new edition below the rules."))
        elif cleaned.get("effective_on") and self._follows_another():
            earliest = office_day(timezone.now()) + timedelta(NOTICE_DAYS)
            if cleaned["effective_on"] < earliest:
                self.add_error(
                    "effective_on",
                    _("A change is announced seven days before it holds: %(day)s at the earliest.")
                    % {"day": f"{earliest:%Y-%m-%d}"},
                )
        return cleaned

    def _follows_another(self) -> bool:
        parent = self.parent_page
        return parent is not None and any(rows.child_of(parent).exists() for rows in pages_of("rules_edition"))


class RulesEditionMixin(BodyMixin):
    """One edition of the rules."""

    kind = "rules_edition"

    effective_on = models.DateField(
        _("in force from"),
        help_text=_("For a change: seven days after publishing at the earliest. Until then every page announces it."),
    )
    changes = models.TextField(
        _("what changes"), max_length=400, blank=True, help_text=_("In plain words, for the announcement.")
    )

    base_form_class = EditionForm
    content_panels = [*Page.content_panels, FieldPanel("effective_on"), FieldPanel("changes"), FieldPanel("body")]

    class Meta:
        abstract = True

    @property
    def edition(self) -> Edition:
        """The edition as a plain value."""
        page: Any = self
        published = page.first_published_at or timezone.now()
        return Edition(self.effective_on, office_day(published), self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        page: Any = self
        parent = page.get_parent().specific
        stands = parent.standing(office_day(timezone.now())) if isinstance(parent, RulesMixin) else None
        return {**super().get_context(request, *args, **kwargs), "standing": stands}
