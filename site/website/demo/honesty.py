"""How honest prices and goods are: prices that moved, what proves them, reports in every state, and what buyers say."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.decisions import AfterLook
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.models import Listing, Pack, PriceTier
from marketplace.money import Money, yuan
from marketplace.orders.models import OrderLine
from marketplace.parties.actions import office_day
from marketplace.purchase.uphold import decide
from marketplace.ratings.actions import hide_rating, rate
from marketplace.ratings.models import Rating
from marketplace.reports.actions import acknowledge_report, file_report
from marketplace.reports.models import ListingReport
from marketplace.uploads import Upload
from vendors.listing import actions as listings
from vendors.listing import hearing

from .data import PICTURES, picture_credits
from .founding import REVIEWER, Cast
from .steps import person, scan

# (listing, days from today, price in fen): small steps, on sale at once and looked at afterwards.
MOVES = [
    ("lanhua-tea-first-tin", -64, 18600),
    ("lanhua-tea-first-tin", -33, 16800),
    ("lanhua-tea-first-tin", -12, 17200),
    ("yanchun-camellia-oil", -21, 13600),
    ("yanchun-camellia-oil", -9, 11900),
]
# (listing, where, what, price in yuan, grams, days from today, link, paper)
SHOWN = [
    ("yanchun-camellia-oil", "舒城县城关农贸市场（示范）", "散装冷榨山茶油 1 升", 125, 920, -24, "", "茶油报价单.png"),
    ("yanchun-camellia-oil", "示范网店", "", 148, 920, -24, "https://shop.example/camellia-oil-1l", ""),
    ("lanhua-tea-first-tin", "示范茶行", "一级小兰花 250 克", 188, 250, -35, "https://tea.example/lanhua", ""),
    ("camellia-oil-5l", "省城粮油批发（示范）", "5 升桶装", 560, 4600, -41, "", "销售合同.png"),
]


def tell(cast: Cast) -> None:
    """All of it, oldest first."""
    _prices(cast)
    _evidence(cast)
    _reports(cast)
    _ratings(cast)


def _seller(cast: Cast, slug: str) -> Any:
    return cast.listings[slug].vendor.people.order_by("pk")[0].user


def _prices(cast: Cast) -> None:
    for slug, day, fen in MOVES:
        seller = _seller(cast, slug)
        draft = Listing.objects.get(pk=cast.listings[slug].pk).get_latest_revision_as_object()
        draft.packs.set([_at(pack, fen) for pack in draft.packs.all()])
        kept = listings.save_draft(listing=draft, by=seller, at=cast.at(day))
        listings.submit(listing=kept, by=seller, at=cast.at(day))
        for look in AfterLook.objects.filter(listing=kept, looked_at=None):
            catalogue.look_after(look=look, by=cast.users[REVIEWER], at=cast.at(day + 1))


def _at(pack: Pack, fen: int) -> Pack:
    """The pack at another price, its tiers a twentieth below."""
    pack.unit_price = Money(fen)
    pack.tiers.set(
        PriceTier(from_quantity=tier.from_quantity, unit_price=Money(fen * 19 // 20)) for tier in pack.tiers.all()
    )
    return pack


def _evidence(cast: Cast) -> None:
    for slug, seller, goods, price, grams, day, link, paper in SHOWN:
        hearing.enter_evidence(
            evidence=PriceEvidence(
                seller=seller,
                goods=goods,
                price=yuan(price),
                net_grams=grams,
                seen_on=office_day(cast.at(day)),
                link=link,
            ),
            listing=cast.listings[slug],
            paper=Upload(paper, scan(f"{price} CNY (SPECIMEN)")) if paper else None,
            by=_seller(cast, slug),
            at=cast.at(day),
        )


def _report(cast: Cast, slug: str, reason: str, words: str, day: float, **more: Any) -> ListingReport:
    listing = Listing.objects.get(pk=cast.listings[slug].pk)
    return file_report(listing=listing, reason=reason, words=words, at=cast.at(day), **more)


def _reports(cast: Cast) -> None:
    """One of each: just come, late, with the vendor, answered, put right, off the shelf, and not upheld."""
    officer, lu = cast.users[REVIEWER], cast.users["caring-lu"]
    _report(cast, "camellia-oil-500", "price_differs", "同样的瓶装油，店家在镇上集市卖七十元一瓶。", -1, by=lu)
    _report(
        cast,
        "xiaotian-orchid-pot",
        "description",
        "写的是三到五苗，收到只有两苗。",
        -9,
        contact="示范电话 0563-0000000",
    )
    open_one = _report(
        cast, "wenchong-chrysanthemum-30", "price_too_high", "同样三十朵一盒，别处只卖三十八元。", -5, by=lu
    )
    acknowledge_report(report=open_one, by=officer, at=cast.at(-4))
    answered = _report(
        cast,
        "zhuanshuiwan-toon-buds",
        "origin",
        "盒子上的产地写的是外县。",
        -13,
        contact="reader@example.org",
        evidence=Upload("盒子.png", scan("label photo (SPECIMEN)")),
    )
    acknowledge_report(report=answered, by=officer, at=cast.at(-12))
    hearing.answer_report(
        report=answered,
        words="那是包装盒厂的地址，香椿都是本村采的。新印的盒子已把产地写在正面。",
        by=_seller(cast, "zhuanshuiwan-toon-buds"),
        at=cast.at(-10),
    )
    _decided(cast, "lanhua-tea-first-tin", "price_raised", "correction", -40)
    _decided(cast, "jindong-eggs-60", "price_too_high", "delisted", -8)
    _decided(cast, "camellia-oil-5l", "price_too_high", "not_upheld", -45)


FOUND = {
    "correction": (
        "先涨价再打折，看着便宜，其实和原来差不多。",
        "价格变化属实：请按原价重新标注，促销前三十日内不得先提价。",
    ),
    "delisted": (
        "六十枚装折算下来，比三十枚装还贵。",
        "单价高于三十枚装折算价，供应商未能提供价格凭证，已下架。",
    ),
    "not_upheld": ("五升装比超市贵。", "已比对三家同类冷榨油，折合每千克价格低于中位数；对比的超市商品为调和油。"),
}


def _decided(cast: Cast, slug: str, reason: str, outcome: str, day: float) -> None:
    words, finding = FOUND[outcome]
    made = _report(cast, slug, reason, words, day, by=cast.users["caring-lu"])
    acknowledge_report(report=made, by=cast.users[REVIEWER], at=cast.at(day + 1))
    decide(report=made, outcome=outcome, finding=finding, by=cast.users[REVIEWER], at=cast.at(day + 6))


# (organisation, listing, stars, words, days from today, pictures, the vendor's answer)
SAID = [
    ("qingteng-volunteers", "lanhua-tea-first-box", 5, "茶香清，分装好发，志愿者都说好。", -90, ["tea_orchid"], "谢谢！明前茶四月上新，欢迎再来。"),
    ("qingteng-volunteers", "xiaotian-honey", 4, "蜜很稠，瓶盖有两个漏了一点，店家当天补寄。", -88, [], "已改用双层垫片，再次抱歉。"),
    ("qingteng-volunteers", "camellia-oil-500", 3, "油是好油，有两瓶漏气，已退。", -30, [], "包装已换，谢谢体谅。"),
    ("nuanlu-elder-care", "shrimp-rice-5kg", 5, "老人爱吃，煮粥起油。", -85, ["rice_shrimp"], ""),
    ("nuanlu-elder-care", "camellia-oil-500", 1, "打 13800000000 找我，我有更便宜的货源！", -84, [], ""),
    ("civil-affairs", "jindong-eggs-30", 3, "蛋新鲜，运输破了几个，验收时已扣除。", -40, [], "破损的已按实收结算，现加一层珍珠棉。"),
    ("civil-affairs", "zhuanshuiwan-toon-sauce", 2, "偏咸，和介绍里写的少盐不太一样。", -40, [], ""),
    ("civil-affairs", "lanhua-tea-first-box", 4, "慰问品，会员反映不错，礼盒略简单。", -39, [], ""),
    ("civil-affairs", "camellia-oil-500", 5, "油色清亮，瓶口封得严。", -39, ["camellia_oil"], ""),
]  # fmt: skip


def _ratings(cast: Cast) -> None:
    for organisation, slug, stars, words, day, pictures, answer in SAID:
        buyer, listing = cast.organisations[organisation], cast.listings[slug]
        made = rate(
            line=OrderLine.objects.filter(order__organisation=buyer, listing=listing).order_by("pk")[0],
            stars=stars,
            words=words,
            pictures=[_picture(stem) for stem in pictures],
            by=person(cast, organisation, "receiver"),
            at=cast.at(day),
        )
        if answer:
            hearing.answer_rating(rating=made, words=answer, by=_seller(cast, slug), at=cast.at(day + 2))
    advert = Rating.objects.get(organisation=cast.organisations["nuanlu-elder-care"], stars=1)
    hide_rating(rating=advert, reason="与商品无关的广告，含电话号码", by=cast.users[REVIEWER], at=cast.at(-80))


def _picture(stem: str) -> Upload:
    name = picture_credits()[stem]["file"]
    return Upload(name, (PICTURES / name).read_bytes())
