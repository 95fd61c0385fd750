"""One reviewed listing on the host's shelf, made by the installed apps' own actions; run by ``manage.py shell``."""

from __future__ import annotations

import io

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images import get_image_model

from marketplace.allowances.actions import load_rule_packs
from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.models import Category, Listing, ListingPicture, Pack, Product
from marketplace.money import yuan
from marketplace.parties import actions as parties
from marketplace.parties.models import OfficeMembership, Vendor
from marketplace.programme.actions import load_regions
from marketplace.programme.models import Region


def picture() -> object:
    """A small real image file in the host's library."""
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 30), "#2f6f4f").save(buffer, "PNG")
    return get_image_model().objects.create(title="tea", file=ImageFile(io.BytesIO(buffer.getvalue()), name="tea.png"))


def officer(now: object) -> object:
    """Somebody of the county's office, who may also enter the admin."""
    made = get_user_model().objects.create_superuser("officer", password="secret")
    county = Region.objects.get(code="341523")
    OfficeMembership.objects.create(user=made, region=county, began_at=now)
    return made


def main() -> None:
    """Load the shipped data, admit a vendor, publish its tea."""
    now = timezone.now()
    load_regions()
    load_rule_packs()
    reviewer = officer(now)
    home = Region.objects.get(code="341523108901")
    vendor = Vendor.objects.create(name="茶叶合作社", slug="tea", kind="cooperative", home=home, applied_at=now)
    parties.admit_vendor(vendor=vendor, by=reviewer, at=now)
    product = Product.objects.create(
        slug="tea", name="茶叶", category=Category.objects.create(slug="tea", name="茶叶", name_en="Tea")
    )
    listing = Listing(
        vendor=vendor,
        product=product,
        slug="tea",
        title="舒城小兰花",
        summary="简介",
        description="说明",
        origin=home,
        season=",1,2,3,4,5,6,7,8,9,10,11,12,",  # in season whenever the test runs
        live=False,
    )
    listing.packs.set([Pack(name="250 g 罐", unit="罐", unit_price=yuan(68), initial_stock=20)])
    listing.pictures.set([ListingPicture(image=picture(), alt_text="茶园")])
    catalogue.save_listing_draft(listing=listing, by=reviewer, at=now)
    catalogue.submit_listing(listing=listing, by=reviewer, at=now)
    listing = Listing.objects.get(pk=listing.pk)
    catalogue.approve_listing(listing=listing, revision_pk=listing.latest_revision_id, by=reviewer, at=now)


main()
