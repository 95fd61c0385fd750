"""All addresses of the vendors' workspace."""

from __future__ import annotations

app_name = "vendors"

urlpatterns: list[object] = []
