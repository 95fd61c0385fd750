"""What the components draw and ask: responsive photographs, season wheel, share meter, tile map, stars, elder mode."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.dates import MONTHS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .. import shapes
from ..display import is_elder
from ..pictures import KINDS, sources

register = template.Library()


@register.simple_tag(takes_context=True)
def elder_mode(context: dict[str, Any]) -> bool:
    """Whether this reader has asked for elder mode."""
    request = context.get("request")
    return request is not None and is_elder(request)


@register.simple_tag
def picture(image: Any, alt: str = "", kind: str = "card", is_first: bool = False) -> SafeString:
    """A photograph in the sizes and formats its place needs. ``is_first``: seen before anybody scrolls."""
    if not image:
        return SafeString()
    place = KINDS[kind]
    found, rendition = sources(image, place)
    best = format_html_join(
        "", '<source type="{}" srcset="{}" sizes="{}">', [(s.media_type, s.srcset, place.shown) for s in found[:-1]]
    )
    shown = format_html(
        '<img src="{}" srcset="{}" sizes="{}" alt="{}" width="{}" height="{}" {}>',
        rendition.url, found[-1].srcset, place.shown, alt, rendition.width, rendition.height,
        SafeString('fetchpriority="high"' if is_first else 'loading="lazy"'),
    )  # fmt: skip
    return format_html("<picture>{}{}</picture>", best, shown) if best else shown


@dataclass(frozen=True, slots=True)
class Wheel:
    """A season wheel with the words for those who cannot see it; ``now`` is this month's name."""

    slices: list[shapes.Slice]
    summary: str
    now: str


@register.simple_tag
def season_wheel(months: Collection[int], current: int | None = None) -> Wheel:
    """The wheel of these months; none means all year."""
    return Wheel(shapes.wheel(months, current), season_words(months), str(MONTHS[current]) if current else "")


def season_words(months: Collection[int]) -> str:
    """The months as a sentence."""
    if not months or len(set(months)) == 12:
        return _("On offer all year.")
    names = [
        str(MONTHS[first])
        if first == last
        else _("%(first)s to %(last)s") % {"first": MONTHS[first], "last": MONTHS[last]}
        for first, last in shapes.month_runs(months)
    ]
    return _("On offer in %(months)s.") % {"months": pgettext("between months", ", ").join(names)}


@register.simple_tag
def shares(parts: Sequence[Any]) -> list[shapes.Share]:
    """The parts of a share meter, placed."""
    return list(shapes.shares(parts))


@register.simple_tag
def tile_map(tiles: Sequence[Any]) -> shapes.TileMap:
    """The tiles of a schematic map, placed."""
    return shapes.tile_map(tiles)


@register.simple_tag
def stars_of(value: float) -> list[shapes.Star]:
    """Five stars for a rating."""
    return shapes.stars(float(value))


@register.inclusion_tag("marketplace/includes/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict[str, Any]:
    """The way here: address, label, address, label …; the page itself is left out."""
    return {"trail": list(zip(pairs[::2], pairs[1::2], strict=True))}
