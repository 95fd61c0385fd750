"""Public addresses."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/<slug:slug>/", views.listing_detail, name="listing_detail"),
    path("campaigns/<slug:slug>/", views.campaign, name="campaign"),
    path("impact/", views.public_impact, name="impact"),
]
