"""What a label says: grade, shelf life, storage, ingredients, allergens; and the price of a comparable weight.

The vendor's statement, reviewed with the listing.
"""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..money import Money


class Storage(models.TextChoices):
    """How goods are kept until they are eaten."""

    AMBIENT = "ambient", _("cool, dry and dark")
    CHILLED = "chilled", _("chilled, 0 to 4 °C")
    FROZEN = "frozen", _("frozen, below −18 °C")
    LIVE = "live", _("live or fresh, to be used on the day")


class Allergen(models.TextChoices):
    """The eight kinds of food that a label names because they may cause allergies [GB 7718-2011, 4.4.3]."""

    GLUTEN = "gluten", _("cereals with gluten")
    CRUSTACEANS = "crustaceans", _("crustaceans")
    FISH = "fish", _("fish")
    EGGS = "eggs", _("eggs")
    PEANUTS = "peanuts", _("peanuts")
    SOY = "soy", _("soy")
    MILK = "milk", _("milk")
    NUTS = "nuts", _("nuts and kernels")


class LabelFacts(models.Model):
    """The facts of a label; empty where the vendor said nothing."""

    grade = models.CharField(_("grade"), max_length=20, blank=True)
    shelf_life_days = models.PositiveIntegerField(
        _("shelf life (days)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    storage = models.CharField(_("storage"), max_length=10, choices=Storage, blank=True)
    ingredients = models.CharField(_("ingredients"), max_length=400, blank=True)
    # Codes of ``Allergen`` such as ,nuts,soy, ; "none" is a statement of its own, '' says nothing.
    allergens = models.CharField(_("allergens"), max_length=80, blank=True)

    class Meta:
        abstract = True

    @property
    def allergen_names(self) -> list[str]:
        """The allergens in the reader's language, in the order of the standard."""
        return allergen_names(self.allergens)

    @property
    def has_no_allergens(self) -> bool:
        """Whether the vendor says there are none, which is more than saying nothing."""
        return self.allergens == NO_ALLERGENS

    @property
    def has_label(self) -> bool:
        """Whether anything is said."""
        return bool(self.grade or self.shelf_life_days or self.storage or self.ingredients or self.allergens)


NO_ALLERGENS = "none"
JIN, KILOGRAM = 500, 1000  # grams; goods are compared by the 斤


def allergen_names(codes: str) -> list[str]:
    """Allergens as they are kept, in the reader's language and the order of the standard."""
    written = codes.split(",")
    return [str(allergen.label) for allergen in Allergen if allergen.value in written]


def price_per(price: Money, net_grams: int, grams: int) -> Money | None:
    """What ``grams`` cost in a pack of ``net_grams``, rounded half up to the fen; ``None`` without a net weight."""
    if net_grams <= 0:
        return None
    return Money((2 * price.amount * grams + net_grams) // (2 * net_grams), price.currency)
