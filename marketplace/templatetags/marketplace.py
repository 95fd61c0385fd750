"""Small things templates need: money, badges, links that keep their query, and thumbnails without extra statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from ..catalogue.models import TaxRate
from ..catalogue.weights import weight_words
from ..conf import currency
from ..money import Money, total

register = template.Library()

TONES = {
    "draft": "neutral",
    "submitted": "todo",
    "returned": "warn",
    "published": "done",
    "withdrawn": "neutral",
    "paused": "warn",
    "delisted": "stop",
    "open": "progress",
    "closed": "todo",
    "cancelled": "neutral",
    "approved": "todo",
    "placed": "progress",
    "confirmed": "done",
    "voided": "stop",
}


@register.filter
def money(value: Money | None) -> str:
    """¥1,234.50; a dash where there is no amount."""
    return "—" if value is None else str(value).replace("¥-", "−¥")


@register.filter
def weight(grams: int) -> str:
    """500 g, 2.5 kg; a dash for what weighs nothing."""
    return weight_words(grams) if grams else "—"


@register.filter
def tax_rate(rate: str) -> Any:
    """A listing's or line's tax rate as people read it."""
    return TaxRate(rate).label


@register.filter
def added(rows: Iterable[Any], name: str) -> Money:
    """The sum of an amount over rows."""
    return total((getattr(row, name) for row in rows), currency())


@register.filter
def fen(value: Money | None) -> int:
    """The whole minor units, for scripts."""
    return 0 if value is None else value.amount


@register.filter
def readable(cell: Any) -> str:
    """A cell of a table of mixed things: amounts, days and moments as people read them; a dash for nothing."""
    if isinstance(cell, Money):
        return money(cell)
    if isinstance(cell, datetime):
        return date_format(localtime(cell), "SHORT_DATETIME_FORMAT")
    if isinstance(cell, date):
        return date_format(cell, "SHORT_DATE_FORMAT")
    return "—" if cell in (None, "") else str(cell)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """What a mapping holds under a key, or nothing."""
    return mapping.get(key)


@register.filter
def percent_of(part: Money, whole: Money) -> int:
    """How many of a hundred parts; 100 at most, 0 where the whole is nothing."""
    return 0 if not whole else max(0, min(100, part.amount * 100 // whole.amount))


@register.simple_tag
def badge(label: Any, tone: str = "neutral") -> SafeString:
    """A state as a word, a shape and a colour."""
    return format_html('<span class="badge" data-tone="{}">{}</span>', tone, label)


@register.simple_tag
def state_badge(document: Any) -> SafeString:
    """The badge of a document's state."""
    state = str(getattr(document.state, "value", document.state))
    return badge(document.get_state_display(), TONES.get(state, "neutral"))


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """This page's address with some query parameters changed (``None`` takes one out)."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


@register.filter
def thumbnail(image: Any, spec: str = "fill-640x480") -> SafeString | str:
    """The address of a rendition (WebP); no statement when the renditions were prefetched."""
    return image.get_rendition(f"{spec}|format-webp").url if image else ""


class KeptNode(template.Node):
    """A part of a page that depends on the catalogue's edition and the address's query (its page aside) alone."""

    def __init__(self, nodes: template.NodeList, edition: Any, name: Any) -> None:
        self.nodes, self.edition, self.name = nodes, edition, name

    def render(self, context: template.Context) -> SafeString:
        from ..storefront.cards import digest, keep

        asked: QueryDict = context["request"].GET.copy()
        asked.pop("page", None)
        key = f"{self.name.resolve(context)}:{digest(asked.urlencode())}"
        return mark_safe(keep(self.edition.resolve(context), key, lambda: str(self.nodes.render(context))))


@register.tag
def keepfragment(parser: template.base.Parser, token: template.base.Token) -> KeptNode:
    """``{% keepfragment edition "name" %} … {% endkeepfragment %}``: rendered once for each edition, language and query."""
    _tag, edition, name = token.split_contents()
    nodes = parser.parse(("endkeepfragment",))
    parser.delete_first_token()
    return KeptNode(nodes, parser.compile_filter(edition), parser.compile_filter(name))
