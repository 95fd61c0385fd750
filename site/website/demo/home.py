"""The site's home page, with its picture."""

from __future__ import annotations

from django.core.files.images import ImageFile
from wagtail.images.models import Image
from wagtail.models import Page, Site

from website.pages.models import HomePage

from .data import PICTURES, picture_credits


def make_home() -> HomePage:
    """Put the home page at the root and make it the site's; what Wagtail shipped there goes."""
    credit = picture_credits()["home_hero"]
    with (PICTURES / credit["file"]).open("rb") as file:
        picture = Image.objects.create(title=credit["alt_zh"], file=ImageFile(file, name=credit["file"]))
    root = Page.get_first_root_node()
    home = root.add_child(
        instance=HomePage(
            title="结对",
            slug="jiedui",
            heading="把舒城的好物，带到宣州的工会",
            introduction="工会和社会组织一起选、一起订，县里的合作社、家庭农场和村集体直接发货。每一分钱都查得到去了哪个村。",
            picture=picture,
            picture_alt=credit["alt_zh"],
            picture_credit=credit["credit"],
        )
    )
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="结对")
    Page.objects.filter(depth=2).exclude(pk=home.pk).delete()
    return home
