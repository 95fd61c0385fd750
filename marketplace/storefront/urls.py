"""Public addresses."""

from __future__ import annotations

from django.urls import path

from . import accessibility, display, styleguide, views

urlpatterns = [
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/<slug:slug>/", views.listing_detail, name="listing_detail"),
    path("campaigns/<slug:slug>/", views.campaign, name="campaign"),
    path("impact/", views.public_impact, name="impact"),
    path("privacy/", views.privacy, name="privacy"),
    path("display/", display.switch_display, name="switch_display"),
    path("display/language/", display.switch_language, name="switch_language"),
    path("accessibility/", accessibility.statement, name="accessibility"),
    path("accessibility/complaints/", accessibility.complaint_status, name="complaint_status"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
