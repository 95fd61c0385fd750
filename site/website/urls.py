"""All addresses of the reference site."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.contrib.sitemaps import views as sitemap_views
from wagtail.documents import urls as document_urls

from marketplace.storefront.conditional import compared
from website.demo.views import become_member
from website.health import healthz, readyz
from website.pages.feeds import AtomFeed, RssFeed
from website.pages.sitemaps import SITEMAPS
from website.pages.views import robots, search

handler404 = "website.pages.views.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("search/", compared(search), name="search"),
    path("robots.txt", compared(robots), name="robots"),
    path("sitemap.xml", compared(sitemap_views.index), {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        compared(sitemap_views.sitemap),
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("feed/", compared(AtomFeed()), name="feed"),
    path("feed/rss/", compared(RssFeed()), name="feed_rss"),
    path("demo/member/", become_member, name="demo_member"),  # 404 outside a demonstration
    path("vendor/", include("vendors.urls")),
    path("", include("marketplace.urls")),
]
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
elif settings.DEMO:
    pattern = rf"^{settings.MEDIA_URL.lstrip('/')}(?P<path>.*)$"
    urlpatterns += [re_path(pattern, serve, {"document_root": settings.MEDIA_ROOT})]
urlpatterns += [path("", include(wagtail_urls))]
