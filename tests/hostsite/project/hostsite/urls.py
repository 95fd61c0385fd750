"""The apps stand below addresses of the site's choosing, so that nothing may count on where they are."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls

urlpatterns = [
    path("cms/", include(admin_urls)),
    path("market/", include("marketplace.urls")),
    *([path("suppliers/", include("vendors.urls"))] if settings.WITH_VENDORS else []),
    path("", include(wagtail_urls)),
]
