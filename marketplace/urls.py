"""All addresses of the marketplace: the public storefront, the buyers' workspace and members' personal links."""

from __future__ import annotations

app_name = "marketplace"

urlpatterns: list[object] = []
