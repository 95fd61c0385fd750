"""Photographs come in the sizes and formats their places need, and say how large they are."""

from __future__ import annotations

import io
import re

import pytest
from django.core.cache import cache
from django.core.files.images import ImageFile
from PIL import Image as PillowImage
from wagtail.images.models import Image

from marketplace import pictures
from marketplace.templatetags.marketplace_design import picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_renditions_of_another_test() -> None:
    cache.clear()


def photograph(width: int, height: int) -> Image:
    buffer = io.BytesIO()
    PillowImage.new("RGB", (width, height), "#2f6f4f").save(buffer, "PNG")
    return Image.objects.create(title="茶园", file=ImageFile(io.BytesIO(buffer.getvalue()), name="tea.png"))


def widths(html: str, attribute: str = "srcset") -> list[list[str]]:
    return [re.findall(r" (\d+)w", found) for found in re.findall(rf'{attribute}="([^"]+)"', html)]


def test_a_card_offers_two_webp_widths_and_waits_until_it_is_near() -> None:
    html = picture(photograph(1600, 1200), alt="春天的茶园")
    assert widths(html) == [["320", "640"]]
    assert html.startswith("<img ")
    assert set(re.findall(r"\.(\w+) \d+w", html)) == {"webp"}
    assert 'alt="春天的茶园" width="640" height="480" loading="lazy"' in html


def test_a_large_picture_comes_as_avif_where_pillow_can_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    image = photograph(1600, 1200)
    html = picture(image, alt="茶园", kind="large", is_first=True)
    assert '<source type="image/avif"' in html
    assert widths(html) == [["480", "960"], ["480", "960"]]
    assert 'fetchpriority="high"' in html
    assert "loading=" not in html
    monkeypatch.setattr(pictures, "can_avif", lambda: False)
    assert "avif" not in picture(image, alt="茶园", kind="large")


def test_a_small_original_is_offered_once() -> None:
    html = picture(photograph(40, 30), alt="")
    assert widths(html) == [["40"]]
    assert 'width="40" height="30"' in html


def test_what_the_picture_shows_is_escaped() -> None:
    assert 'alt="&lt;b&gt;"' in picture(photograph(40, 30), alt="<b>")


def test_no_picture_is_nothing() -> None:
    assert picture(None) == ""
