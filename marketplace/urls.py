"""All addresses of the marketplace: the public storefront, the buyers' workspace and members' personal links."""

from __future__ import annotations

from .api.urls import urlpatterns as api
from .storefront.urls import urlpatterns as storefront
from .workspace.urls import urlpatterns as workspace

app_name = "marketplace"

urlpatterns = [*api, *storefront, *workspace]
