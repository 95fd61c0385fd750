"""What search engines read about a page (schema.org, as JSON-LD): plain dictionaries, one function for each thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from ..catalogue.models import Listing
from ..money import Money
from .selectors import CampaignProgress

SCHEMA = "https://schema.org"


def breadcrumbs(trail: Sequence[tuple[str, str]], request: HttpRequest) -> dict[str, Any]:
    """The way from the home page down to this page, which is the last of the (address, title)."""
    items = [
        {
            "@type": "ListItem",
            "position": place,
            "name": title,
            **({"item": request.build_absolute_uri(address)} if address else {}),
        }
        for place, (address, title) in enumerate(trail, 1)
    ]
    return {"@context": SCHEMA, "@type": "BreadcrumbList", "itemListElement": items}


def organisation(*, name: str, url: str, operator: str = "", telephone: str = "", email: str = "") -> dict[str, Any]:
    """Who stands behind the site."""
    told = {
        "@context": SCHEMA,
        "@type": "Organization",
        "name": name,
        "url": url,
        "department": {"@type": "Organization", "name": operator} if operator else None,
        "telephone": telephone,
        "email": email,
    }
    return {key: value for key, value in told.items() if value}


def event(page: Any, progress: CampaignProgress, request: HttpRequest) -> dict[str, Any]:
    """A campaign as an event of the aided county."""
    campaign = progress.campaign
    place = campaign.pairing.aided.name
    return {
        "@context": SCHEMA,
        "@type": "Event",
        "name": campaign.label,
        "description": page.lead,
        "startDate": campaign.starts_on.isoformat(),
        "endDate": progress.last_day.isoformat(),
        "eventStatus": f"{SCHEMA}/EventScheduled",
        "eventAttendanceMode": f"{SCHEMA}/MixedEventAttendanceMode",
        "location": {"@type": "Place", "name": place, "address": {"@type": "PostalAddress", "addressLocality": place}},
        "organizer": {"@type": "Organization", "name": campaign.pairing.supporting.name},
        "url": request.build_absolute_uri(page.get_url(request) or ""),
    }


def product(listing: Listing, images: Sequence[str], request: HttpRequest) -> dict[str, Any]:
    """A listing as a product with one offer for each pack."""
    address = request.build_absolute_uri(reverse("marketplace:listing_detail", args=[listing.slug]))
    seller = {"@type": "Organization", "name": listing.vendor.name}
    told: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Product",
        "name": listing.title,
        "description": listing.summary,
        "category": listing.product.category.label,
        "url": address,
        "offers": [
            {
                "@type": "Offer",
                "name": pack.name,
                "url": address,
                "price": _major(pack.unit_price),
                "priceCurrency": pack.unit_price.currency,
                "availability": f"{SCHEMA}/{'InStock' if pack.stock.available else 'OutOfStock'}",
                "seller": seller,
            }
            for pack in listing.packs.all()
            if hasattr(pack, "stock")
        ],
    }
    return {**told, "image": list(images)} if images else told


def _major(amount: Money) -> str:
    """138.00: whole units with two digits, without a sign for the currency."""
    return f"{amount.amount // 100}.{amount.amount % 100:02d}"
