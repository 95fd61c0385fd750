"""What waits on the officers' and the vendors' desks: reviews, small edits, delistings, a re-entry and imports."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from marketplace.catalogue.models import Listing, Pack
from marketplace.money import Money
from marketplace.purchase.delist import delist
from marketplace.uploads import Upload
from vendors.listing import actions as listings
from vendors.listing import importing, workbook

from .data import PICTURES, picture_credits
from .founding import REVIEWER, Cast
from .steps import scan


def tell(cast: Cast) -> None:
    """All of it, oldest first."""
    _re_entry(cast)
    _small_edit(cast)
    _delisted(cast)
    _second_review(cast)
    _imports(cast)


def _person(cast: Cast, slug: str) -> Any:
    return cast.listings[slug].vendor.people.order_by("pk")[0].user


def _change(cast: Cast, slug: str, change: Callable[[Listing], None], *, day: float) -> None:
    """The vendor changes a published listing and hands it in."""
    draft = Listing.objects.get(pk=cast.listings[slug].pk).get_latest_revision_as_object()
    change(draft)
    kept = listings.save_draft(listing=draft, by=_person(cast, slug), at=cast.at(day))
    listings.submit(listing=kept, by=_person(cast, slug), at=cast.at(day, 11))


def _re_entry(cast: Cast) -> None:
    """Taken off the shelf a month ago; the vendor has mended it and asks to come back."""
    slug = "xiaotian-kudzu-slices"
    delist(
        listing=cast.listings[slug],
        reasons=["licence_ended", "quality"],
        words="小作坊登记证已过期；抽检水分超标，请附整改后的检验报告。",
        by=cast.users[REVIEWER],
        at=cast.at(-30),
    )
    mended = "登记证已于上月换发新证，编号见图；改用烘房烘干，新批次水分 9.8%，检验报告已附在商品说明里。"
    listings.ask_reentry(listing=cast.listings[slug], mended=mended, by=_person(cast, slug), at=cast.at(-2))


def _small_edit(cast: Cast) -> None:
    """A new description and season, on sale at once; nobody has looked at it yet."""

    def change(draft: Listing) -> None:
        draft.description += "\n\n每瓶附取蜜日期卡，冬季结晶属正常现象。"
        draft.season = ",5,6,7,8,9,10,11,12,"

    _change(cast, "xiaotian-honey", change, day=-1)


def _delisted(cast: Cast) -> None:
    """Taken off the shelf three days ago, with a photo; the vendor has to wait before it can ask to come back."""
    delist(
        listing=cast.listings["jindong-eggs-60"],
        reasons=["price_unproven", "price_too_high"],
        words="单价高于本村 30 枚装折算价，未提供价格凭证。",
        evidence=Upload("价格比对.png", scan("同类鸡蛋价格比对（示范）")),
        by=cast.users[REVIEWER],
        at=cast.at(-3),
    )


def _second_review(cast: Cast) -> None:
    """A risky change waits: a price up by a fifth, and another weight."""

    def dearer(pack: Pack) -> Pack:
        pack.unit_price, pack.weight_grams = Money(pack.unit_price.amount * 6 // 5), pack.weight_grams - 50
        return pack

    def change(draft: Listing) -> None:
        draft.packs.set([dearer(pack) for pack in draft.packs.all()])
        draft.summary = "今年新莲，通心去芯，粒大饱满。"

    _change(cast, "wenchong-lotus-seed", change, day=-4)


def _imports(cast: Cast) -> None:
    """Two sheets of the camellia oil works: one waits to be confirmed, one has rows that cannot be taken."""
    slugs = ("camellia-oil-500", "camellia-oil-5l", "camellia-oil-gift")
    small, risky, _gift = (cast.listings[slug] for slug in slugs)
    picture = picture_credits()["camellia_oil"]["file"]
    new = {
        "title": "春塘山茶油 250毫升 试用装",
        "product": small.product.name,
        "summary": "小瓶试用装，一家三口一周的量。",
        "description": "与 500 毫升装同一批冷榨油，避光保存。",
        "origin": small.origin.name,
        "season": "全年",
        "tax_rate": workbook.rate_word(small.tax_rate),
        "pack": "250 ml 瓶",
        "unit": "瓶",
        "unit_price": "42",
        "weight_grams": "450 g",
        "initial_stock": "120",
        "pictures": picture,
        "alt_texts": "小瓶装山茶油",
    }
    rows = [
        {"slug": small.slug, "pack": cast.pack(small.slug).name, "unit_price": "82"},
        {"slug": risky.slug, "pack": cast.pack(risky.slug).name, "unit_price": "690"},
        new,
    ]
    bad = [
        {**new, "title": "春塘山茶油 3升桶装", "unit_price": "面议", "product": "茶籽油"},
        {**rows[0], "season": "春天"},
    ]
    for name, sheet, day in (("山茶油调价与新品.xlsx", rows, -1), ("山茶油补录.xlsx", bad, -2)):
        importing.upload_listings(
            vendor=small.vendor,
            sheet=Upload(name, workbook.workbook(sheet, [], [])),
            pictures=_packed(picture),
            by=_person(cast, small.slug),
            at=cast.at(day),
        )


def _packed(picture: str) -> Upload:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.write(PICTURES / picture, picture)
    return Upload("图片.zip", buffer.getvalue())
