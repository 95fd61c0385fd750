"""Public addresses."""

from __future__ import annotations

from django.urls import path

from . import accessibility, catalogue, display, harvest, places, ratings, reports, sellers, styleguide, views, wishes
from .conditional import compared

urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("search/suggestions/", catalogue.suggestions, name="suggestions"),
    path("catalogue/<slug:slug>/", views.listing_detail, name="listing_detail"),
    path("catalogue/<slug:slug>/ratings/", compared(ratings.rating_list), name="ratings"),
    path("catalogue/<slug:slug>/report/", reports.report_listing, name="report_listing"),
    path("reports/", reports.report_status, name="report_status"),
    path("calendar/", compared(harvest.calendar), name="calendar"),
    path("places/", compared(places.county_map), name="places"),
    path("places/<str:code>/", compared(places.place), name="place"),
    path("vendors/", compared(sellers.vendor_list), name="vendors"),
    path("vendors/<slug:slug>/", compared(sellers.vendor_detail), name="vendor"),
    path("wishes/", wishes.tell_wish, name="tell_wish"),
    path("campaigns/<slug:slug>/", views.campaign, name="campaign"),
    path("impact/", compared(views.public_impact), name="impact"),
    path("privacy/", compared(views.privacy), name="privacy"),
    path("display/", display.switch_display, name="switch_display"),
    path("display/language/", display.switch_language, name="switch_language"),
    path("accessibility/", compared(accessibility.statement), name="accessibility"),
    path("accessibility/complaints/", accessibility.complaint_status, name="complaint_status"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
