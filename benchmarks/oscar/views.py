"""Oscar's list of products at its best: its own query set, paginated by 24, in its own template, past haystack.

Oscar's own catalogue view asks haystack, whose Whoosh and simple backends read far more (seconds at 10,000 products);
comparing with it would flatter us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.generic import ListView
from oscar.core.loading import get_model
from oscar.core.thumbnails import AbstractThumbnailer

Product = get_model("catalogue", "Product")


@dataclass(frozen=True)
class Picture:
    """An address, without a file to look at."""

    url: str


class NoThumbnails(AbstractThumbnailer):
    """Pictures cost Oscar nothing here."""

    def generate_thumbnail(self, source: Any, **opts: Any) -> Picture:
        return Picture(f"/media/{source}")

    def delete_thumbnails(self, source: Any) -> None:
        pass


class BestList(ListView):
    """The products a buyer may browse."""

    template_name = "benchmarks/list.html"
    context_object_name = "products"
    paginate_by = 24

    def get_queryset(self) -> Any:
        return Product.objects.browsable().base_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(summary="全部商品", **kwargs)


def constant(request: HttpRequest) -> HttpResponse:
    """The floor: this shop's middleware and nothing else."""
    return HttpResponse("ok")
