"""Locks on ratings, and the one upsert that adds to a listing's total."""

from __future__ import annotations

from django.db import connection

from .models import Rating


def lock_rating(pk: int) -> Rating:
    """The rating with its listing and vendor, held until commit."""
    rows = Rating.objects.select_for_update(of=("self",)).select_related("listing__vendor__home")
    return rows.get(pk=pk)


def add_to_total(listing_pk: int, *, count: int, stars: int) -> None:
    """Add to a listing's total, making the row when it is the first; one statement, late in its transaction."""
    with connection.cursor() as cursor:
        if count > 0:
            cursor.execute(
                "INSERT INTO marketplace_ratingtotal (listing_id, count, stars) VALUES (%s, %s, %s) "
                "ON CONFLICT (listing_id) DO UPDATE SET count = marketplace_ratingtotal.count + excluded.count, "
                "stars = marketplace_ratingtotal.stars + excluded.stars",
                [listing_pk, count, stars],
            )
        else:
            cursor.execute(
                "UPDATE marketplace_ratingtotal SET count = count + %s, stars = stars + %s WHERE listing_id = %s",
                [count, stars, listing_pk],
            )
