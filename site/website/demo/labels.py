"""What the labels of the demonstration say: facts by kind of produce, net weights read from the packs' names, linkages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from marketplace.catalogue.linkage import FarmerLinkage
from marketplace.catalogue.models import Listing
from marketplace.parties.actions import office_day

from .data import read_world

NET = re.compile(r"(\d+(?:\.\d+)?) (kg|g|ml|L)(?:×(\d+))?")
GRAMS = {"kg": 1000, "g": 1, "ml": 0.92, "L": 920}  # what is sold by the litre here is oil
FACTS = ("shelf_life_days", "storage", "ingredients", "allergens")


def label(listing: Listing, row: dict[str, Any], today: Any) -> None:
    """Everything the label of a listing says, written before it is reviewed."""
    world = read_world()
    facts: dict[str, Any] = next((fact for fact in world["label"] if fact["product"] == row["product"]), {})
    for name in FACTS:
        if name in facts:
            setattr(listing, name, facts[name])
    listing.grade = next((fact["grade"] for fact in world["grade"] if fact["listing"] == row["slug"]), "")
    listing.linkages.set(
        FarmerLinkage(sort_order=place, **{name: fact[name] for name in ("mode", "households", "year", "statement")})
        for place, fact in enumerate(fact for fact in world["linkage"] if fact["listing"] == row["slug"])
    )
    _plan(listing, row.get("advance"), today)


def _plan(listing: Listing, plan: dict[str, int] | None, today: Any) -> None:
    if plan:
        listing.harvest_kilograms = plan["kilograms"]
        for name, days in plan.items():
            if name != "kilograms":
                setattr(listing, name, office_day(today) + timedelta(days=days))


def net_grams(name: str) -> int:
    """The net weight a pack's name says, in grams; 0 where it says none."""
    found = NET.search(name)
    if found is None:
        return 0
    each = round(float(found[1]) * GRAMS[found[2]])
    return each * int(found[3] or 1)
