"""A contents page of the vendors' models."""

from .people.models import VendorMembership
