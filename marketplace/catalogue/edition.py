"""Which catalogue this is: a token that every change of what buyers see replaces, in the change's own transaction.

What is computed from the catalogue alone is kept under its token and never has to be thrown away by anybody. Stock is not
part of it. Whoever writes listings past their ``save`` (``bulk_create``, ``update``) calls ``new_edition`` at the end.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save
from wagtail.images import get_image_model

from .. import signals
from ..parties.models import Vendor
from ..programme.models import Region
from .certificates import Certificate
from .freight_rules import FreightRule
from .linkage import LinkageCheck
from .models import Category, Listing, Product
from .words import SearchSynonym


class CatalogueEdition(models.Model):
    """The catalogue as buyers see it, by a token that changes with it; one row."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token


def edition() -> str:
    """The token of the catalogue as it is now; empty before anything was published, and then nothing may be kept."""
    return CatalogueEdition.objects.values_list("token", flat=True).first() or ""


def new_edition() -> None:
    """Something buyers see has changed: told after the commit. One statement; take it late, its row is held until then."""
    CatalogueEdition.objects.bulk_create(
        [CatalogueEdition(pk=1, token=uuid.uuid4().hex)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["token"],
    )
    signals.announce(signals.catalogue_changed, sender=CatalogueEdition)


def connect() -> None:
    """Listen to everything a buyer sees of a listing. Called once when the app is ready."""
    for model in (
        Listing,
        Product,
        Category,
        SearchSynonym,
        Vendor,
        Region,
        FreightRule,
        Certificate,
        LinkageCheck,
        get_image_model(),
    ):
        post_save.connect(_changed, sender=model, dispatch_uid=f"edition-{model.__name__}")
        post_delete.connect(_changed, sender=model, dispatch_uid=f"edition-{model.__name__}")


def _changed(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if raw or (isinstance(instance, Listing) and instance.first_published_at is None):
        return  # nobody has seen it
    new_edition()
