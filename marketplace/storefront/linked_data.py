"""What search engines read about a page (schema.org, as JSON-LD): plain dictionaries, one function for each thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ..catalogue.models import Listing
from ..money import Money
from ..ratings.models import MOST_STARS
from .offers import Offer, PackOffer, Paper, storage_words
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


def product(offer: Offer, packs: Sequence[PackOffer], images: Sequence[str], request: HttpRequest) -> dict[str, Any]:
    """A listing as a product with one offer for each pack, its label's facts and the certificates that hold."""
    listing = offer.listing
    address = request.build_absolute_uri(reverse("marketplace:listing_detail", args=[listing.slug]))
    told: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Product",
        "name": listing.title,
        "description": listing.summary,
        "category": listing.product.category.label,
        "countryOfOrigin": {"@type": "Country", "name": "CN"},
        "url": address,
        "image": list(images),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": str(name), "value": str(value)} for name, value in label_facts(listing)
        ],
        "hasCertification": [_certification(paper, request) for paper in offer.papers],
        "aggregateRating": _rating(offer),
        "offers": [_offer(row, listing, address) for row in packs if row.left is not None],
    }
    return {key: value for key, value in told.items() if value or key == "offers"}


def _rating(offer: Offer) -> dict[str, Any]:
    total = offer.voices.total
    if total is None:
        return {}
    return {
        "@type": "AggregateRating",
        "ratingValue": total.average,
        "bestRating": MOST_STARS,
        "worstRating": 1,
        "ratingCount": total.count,
    }


def _certification(paper: Paper, request: HttpRequest) -> dict[str, Any]:
    certificate = paper.certificate
    told = {
        "@type": "Certification",
        "name": str(certificate.get_kind_display()),
        "certificationIdentification": certificate.number,
        "issuedBy": {"@type": "Organization", "name": certificate.issuer},
        "validFrom": certificate.valid_from.isoformat(),
        "expires": certificate.valid_to.isoformat() if certificate.valid_to else "",
        "url": request.build_absolute_uri(paper.url) if paper.url else "",
    }
    return {key: value for key, value in told.items() if value}


def _offer(row: PackOffer, listing: Listing, address: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "Offer",
        "name": row.pack.name,
        "url": address,
        "price": _major(row.pack.unit_price),
        "priceCurrency": row.pack.unit_price.currency,
        "availability": f"{SCHEMA}/{_availability(row, listing)}",
        "seller": {"@type": "Organization", "name": listing.vendor.name},
    }
    if listing.is_sold_in_advance and listing.ships_from:
        told["availabilityStarts"] = listing.ships_from.isoformat()
    return told


def _availability(row: PackOffer, listing: Listing) -> str:
    if listing.paused_at:
        return "Discontinued"
    if row.is_sold_out:
        return "OutOfStock"
    return "PreOrder" if listing.is_sold_in_advance else "InStock"


def label_facts(listing: Listing) -> list[tuple[Any, Any]]:
    """What the label says, as (name, value); nothing for what it does not say."""
    facts = [
        (_("Grade"), listing.grade),
        (_("Shelf life and storage"), storage_words(listing)),
        (_("Ingredients"), listing.ingredients),
        (_("Allergens"), _("none") if listing.has_no_allergens else "、".join(listing.allergen_names)),
    ]
    return [(name, value) for name, value in facts if value]


def _major(amount: Money) -> str:
    """138.00: whole units with two digits, without a sign for the currency."""
    return f"{amount.amount // 100}.{amount.amount % 100:02d}"
