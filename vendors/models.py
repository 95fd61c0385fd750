"""A contents page of the vendors' models."""

from .listing.models import ListingImport
from .people.models import VendorMembership
