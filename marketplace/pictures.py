"""Photographs in the sizes that screens need: which renditions each kind of place asks for, and in which formats.

Small ones are WebP; large ones come as AVIF besides, where Pillow can write it (a card is encoded dozens of times a
page, and AVIF costs ten times the work for a few kilobytes there).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import features


@dataclass(frozen=True, slots=True)
class Kind:
    """A place for pictures: the sizes to offer (widest last; height 0 keeps the photograph's own shape), how wide it is
    shown, and whether AVIF is worth it."""

    sizes: tuple[tuple[int, int], ...]
    shown: str
    has_avif: bool = False


CARD = Kind(((320, 240), (640, 480)), "(max-width: 30rem) 7.5rem, (max-width: 48rem) 45vw, 17rem")
THUMB = Kind(((120, 120), (240, 240)), "6.5rem")
LARGE = Kind(((480, 360), (960, 720)), "(max-width: 48rem) 100vw, 35rem", has_avif=True)
HERO = Kind(((800, 400), (1600, 800)), "100vw", has_avif=True)
TILE = Kind(((320, 200), (640, 400)), "(max-width: 48rem) 100vw, 21rem")
STORY = Kind(((600, 270), (1200, 540)), "(max-width: 48rem) 100vw, 48rem", has_avif=True)
SCENE = Kind(((480, 320), (960, 640)), "(max-width: 48rem) 100vw, 30rem", has_avif=True)
PLAIN = Kind(((600, 0), (1200, 0)), "(max-width: 48rem) 100vw, 44rem", has_avif=True)
KINDS = {
    "card": CARD,  # of the catalogue
    "thumb": THUMB,
    "large": LARGE,  # a product page's
    "hero": HERO,  # across the home page
    "tile": TILE,  # of a page among others
    "story": STORY,  # at the head of a page
    "scene": SCENE,  # beside a text
    "plain": PLAIN,  # among the text
}


@cache
def can_avif() -> bool:
    """Whether this Pillow writes AVIF."""
    return bool(features.check("avif"))


def formats(kind: Kind) -> list[str]:
    """The best first, WebP last: the one that every browser of the last years shows."""
    return ["avif", "webp"] if kind.has_avif and can_avif() else ["webp"]


def spec(size: tuple[int, int], form: str) -> str:
    """Wagtail's words for a rendition."""
    width, height = size
    return f"fill-{width}x{height}|format-{form}" if height else f"width-{width}|format-{form}"


def specs(kind: Kind) -> list[str]:
    """Every rendition this kind shows: what a selector prefetches."""
    return [spec(size, form) for form in formats(kind) for size in kind.sizes]


@dataclass(frozen=True, slots=True)
class Source:
    """One format's candidates, as ``srcset`` writes them."""

    media_type: str
    srcset: str


def sources(image: Any, kind: Kind) -> tuple[list[Source], Any]:
    """The formats before the last as sources, and the WebP rendition every browser can fall back on, with its srcset."""
    made = image.get_renditions(*specs(kind))
    found = [Source(f"image/{form}", ", ".join(_candidates(made, kind, form))) for form in formats(kind)]
    return found, made[spec(kind.sizes[-1], "webp")]


def _candidates(made: dict[str, Any], kind: Kind, form: str) -> Iterator[str]:
    widths = set()
    for size in kind.sizes:
        rendition = made[spec(size, form)]
        if rendition.width not in widths:  # a small original gives the same rendition twice
            widths.add(rendition.width)
            yield f"{rendition.url} {rendition.width}w"
