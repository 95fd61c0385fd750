"""Loading and removing the large world, each whole or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from marketplace.catalogue.edition import new_edition
from marketplace.catalogue.models import Listing

from .goods import Say, load_goods
from .purchases import load_purchases
from .removal import remove
from .words import PREFIX
from .world import LISTINGS, lay_ground


def loaded_scale() -> int:
    """How large the loaded large world is; 1 when there is none."""
    return Listing.objects.filter(slug__startswith=PREFIX).count() // LISTINGS or 1


@transaction.atomic
def load_scale(scale: int, *, today: datetime, say: Say) -> None:
    """``scale`` thousand listings, their vendors and buyers, and purchases in proportion, beside the demonstration."""
    ground = lay_ground(scale, today)
    packs = load_goods(ground, say)
    load_purchases(ground, packs, say)
    new_edition()


@transaction.atomic
def remove_scale() -> None:
    """Back to the demonstration alone; ``IntegrityError`` when somebody has worked with the large world."""
    remove()
    new_edition()


def learn_statistics() -> None:
    """Tell the database how large its tables have become, so that it plans well at once."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
