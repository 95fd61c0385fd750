"""The pages of the demonstration: written, published and placed as editors do it, with menus and the site's identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils.html import format_html, format_html_join
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, Site

from marketplace.catalogue.models import Category
from marketplace.grouporders.models import GroupOrder
from marketplace.sheets import make_workbook
from website.pages.models import (
    CampaignPage,
    HelpPage,
    HomePage,
    Menus,
    NoticeListPage,
    NoticePage,
    RulesEditionPage,
    RulesPage,
    SectionPage,
    SiteIdentity,
    StandardPage,
    StoryPage,
    VillagePage,
)

from .data import PICTURES, picture_credits, read_world
from .founding import Cast


@dataclass
class Desk:
    """The editors' desk: the world they write about, the pictures taken out so far."""

    cast: Cast
    images: dict[str, Image] = field(default_factory=dict)

    def image(self, stem: str) -> Image:
        """The library's picture of a stem, put there once."""
        if stem not in self.images:
            credit = picture_credits()[stem]
            found = Image.objects.filter(title=credit["alt_zh"]).first()
            self.images[stem] = found or _add_image(credit)
        return self.images[stem]

    def picture(self, row: dict[str, Any]) -> dict[str, Any]:
        """The fields of a page with a picture at its head."""
        credit = picture_credits()[row["stem"]]["credit"]
        return {"picture": self.image(row["stem"]), "picture_alt": row["alt"], "picture_credit": credit}

    def body(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The stream of a body as the data files write it."""
        return [self._block(name, value) for row in rows for name, value in row.items()]

    def _block(self, name: str, value: Any) -> dict[str, Any]:
        if name in SHAPES:
            value = SHAPES[name](self, value)
        return {"type": name, "value": value}


def _add_image(credit: dict[str, str]) -> Image:
    with (PICTURES / credit["file"]).open("rb") as file:
        return Image.objects.create(title=credit["alt_zh"], file=ImageFile(file, name=credit["file"]))


def _text(desk: Desk, value: str) -> str:
    return str(format_html_join("", "<p>{}</p>", ((part.strip(),) for part in value.split("\n\n"))))


def _item(value: Any) -> dict[str, Any]:
    return {"type": "item", "value": value, "id": str(uuid4())}


def _picture(desk: Desk, value: dict[str, str]) -> dict[str, Any]:
    credit = picture_credits()[value["stem"]]
    shown = {"image": desk.image(value["stem"]).pk, "alt_text": credit["alt_zh"], "decorative": False}
    return {"image": shown, "caption": value["caption"], "credit": credit["credit"]}


def _pictures(desk: Desk, value: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [_item(_picture(desk, row)) for row in value]


def _shelf(desk: Desk, value: dict[str, Any]) -> dict[str, Any]:
    listings = [_item(desk.cast.listings[slug].pk) for slug in value.get("listings", [])]
    return {"category": None, "place": None, **value, "listings": listings}


def _impact(desk: Desk, value: dict[str, Any]) -> dict[str, Any]:
    return {"campaign": None, "place": None, **value}


SHAPES: dict[str, Callable[[Desk, Any], Any]] = {
    "text": _text,
    "picture": _picture,
    "pictures": _pictures,
    "shelf": _shelf,
    "impact": _impact,
}


def write_pages(cast: Cast, home: HomePage) -> None:
    """Everything below the home page, then its sections, the menus and the identity."""
    desk, world = Desk(cast), read_world()
    campaigns = _put(
        home,
        SectionPage(title="活动", slug="campaigns-and-drives", lead="正在进行的和已经结束的采购活动。"),
        cast.at(-140),
    )
    villages = _put(
        home, SectionPage(title="村庄", slug="villages", lead="每一种商品都来自一个具体的村。"), cast.at(-130)
    )
    stories = _put(
        home, SectionPage(title="典型案例", slug="stories", lead="做成的事，写下来给后来的人照着做。"), cast.at(-130)
    )
    helps = _put(home, SectionPage(title="帮助", slug="help", lead="您是谁，就看哪一页。"), cast.at(-130))
    notices = _put(home, NoticeListPage(title="通知公告", slug="notices", lead="按类别和年份查找。"), cast.at(-350))
    _villages(desk, villages, world["village_page"])
    _stories(desk, stories, world["story_page"])
    _campaigns(desk, campaigns)
    _notices(desk, notices, world["notice_page"])
    _helps(desk, helps, world["help_page"])
    about = _about(desk, home, world["standard_page"])
    rules = _rules(home, cast)
    _home_sections(desk, home)
    _identity(desk, rules, about, [campaigns, villages, stories, notices, helps])
    _in_moderation(desk, stories)


def _put(parent: Page, page: Any, at: datetime) -> Any:
    """Publish the page below ``parent``, dated ``at``."""
    page.live, page.first_published_at, page.last_published_at = True, at, at
    page.search_description = page.search_description or getattr(page, "lead", "")
    parent.add_child(instance=page)
    page.full_clean()
    page.save_revision().publish(skip_permission_checks=True)
    type(page).objects.filter(pk=page.pk).update(first_published_at=at, last_published_at=at)
    return type(page).objects.get(pk=page.pk)


def _villages(desk: Desk, parent: Page, rows: list[dict[str, Any]]) -> None:
    for number, row in enumerate(rows):
        page = VillagePage(
            title=row["title"],
            slug=row["slug"],
            region=desk.cast.regions[row["region"]],
            lead=row["lead"],
            body=desk.body(row["body"]),
            **desk.picture(row),
        )
        _put(parent, page, desk.cast.at(-120 + number))


def _stories(desk: Desk, parent: Page, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        page = StoryPage(
            title=row["title"],
            slug=row["slug"],
            lead=row["lead"],
            told_on=desk.cast.at(row["day"]).date(),
            source=row["source"],
            campaign=desk.cast.campaigns[row["campaign"]],
            region=desk.cast.regions[row["region"]],
            body=desk.body(row["body"]),
            **desk.picture(row),
        )
        _put(parent, page, desk.cast.at(row["day"]))


def _campaigns(desk: Desk, parent: Page) -> None:
    cast = desk.cast
    autumn, first = cast.campaigns["autumn-drive"], cast.campaigns["first-drive"]
    _put(
        parent,
        CampaignPage(
            title="秋季攻势：把秋收的好物带回来",
            slug="autumn-drive",
            campaign=autumn,
            lead="秋收时节，宣州的工会和社会组织向舒城县订购茶、油、米和山货，进度每天更新。",
            body=desk.body(
                [
                    {"text": "活动期间，采购单位可以开集采单，由会员在额度里自己挑；也可以直接下单。\n\n县里的合作社按单备货，一张订单对应一个供应方，到货后当面点数。"},
                    {"shelf": {"heading": "大家正在买的", "rule": "hand", "count": 4, "listings": ["lanhua-tea-first-box", "camellia-oil-500", "shrimp-rice-5kg", "xiaotian-honey"]}},
                    {"impact": {"heading": "按月看", "of": "campaign", "campaign": autumn.pk}},
                ]
            ),
            **desk.picture({"stem": "chestnut", "alt": "几颗饱满的板栗"}),
        ),
        cast.at(-75),
    )  # fmt: skip
    _put(
        parent,
        CampaignPage(
            title="首批直采：社会组织先走一步",
            slug="first-drive",
            campaign=first,
            lead="两家社会组织第一批向舒城县直接下单，从下单到完结用了半个月。",
            outcome="<p>参加的单位不多，路却走通了：下单、接单、验收、开票、付款，每一步都留下了编号。</p>"
            "<h3>做得好的</h3><p>供应方按单备货，没有压货；验收时逐箱点数，少的当场记下。</p>"
            "<h3>要改的</h3><p>发票抬头写错了一次，耽误三天。后来的活动里，系统会在填写时核对。</p>",
            body=desk.body([{"text": "这一次没有集采，由社会组织的经办人直接下单，用于走访慰问和助餐点。"}]),
            **desk.picture({"stem": "honey", "alt": picture_credits()["honey"]["alt_zh"]}),
        ),
        cast.at(-134),
    )


def _notices(desk: Desk, parent: Page, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        files = [{"type": "attachment", "value": _attachment(title)} for title in row["attachments"]]
        page = NoticePage(
            title=row["title"],
            slug=row["slug"],
            search_description=row["summary"],
            **{name: row[name] for name in ("index_number", "category", "issuer", "topic", "document_number")},
            written_on=desk.cast.at(row["written_day"]).date(),
            issued_on=desk.cast.at(row["issued_day"]).date(),
            body=desk.body(row["body"]),
            attachments=files,
        )
        _put(parent, page, desk.cast.at(row["issued_day"]))


def _attachment(title: str) -> dict[str, Any]:
    rows = [(row["title"], row["packs"][0]["name"]) for row in read_world()["listing"] if row["state"] == "published"]
    sheet = make_workbook(title, ["品名", "规格"], rows[:11])
    document = Document.objects.create(title=title, file=ContentFile(sheet, name="catalogue.xlsx"))
    return {"title": title, "document": document.pk}


def _helps(desk: Desk, parent: Page, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names = ("title", "slug", "topic", "lead")
        page = HelpPage(**{name: row[name] for name in names}, body=desk.body(row["body"]))
        _put(parent, page, desk.cast.at(-125))


def _about(desk: Desk, home: Page, rows: list[dict[str, Any]]) -> Page:
    (row,) = rows
    page = StandardPage(
        title=row["title"], slug=row["slug"], search_description=row["summary"], body=desk.body(row["body"])
    )
    about: Page = _put(home, page, desk.cast.at(-140))
    return about


def _rules(home: Page, cast: Cast) -> Any:
    """Two editions: the one in force, and the next, announced two days ago and in force in five."""
    rules = _put(
        home, RulesPage(title="平台交易规则", slug="rules", lead="买卖双方和平台各自要守的约定。"), cast.at(-200)
    )
    text = "<p>供应方应当如实说明产地、规格和保质期；采购单位应当按期验收、按期付款；平台如实记录每一步，并对外公开成效。</p>"
    old = [{"type": "heading", "value": "一、总则"}, {"type": "text", "value": text}]
    new = "<p>验收以后十五天内发现质量问题的，可以申请退货，由供应方承担运费。</p>"
    first = RulesEditionPage(title="交易规则（第一版）", slug="first", effective_on=cast.at(-190).date(), body=old)
    _put(rules, first, cast.at(-200))
    second = RulesEditionPage(
        title="交易规则（第二版）",
        slug="second",
        effective_on=cast.at(5).date(),
        changes="质量退货的期限写明为验收后十五天，运费由供应方承担。",
        body=[*old, {"type": "heading", "value": "二、退货"}, {"type": "text", "value": new}],
    )
    _put(rules, second, cast.at(-2))
    return rules


def _home_sections(desk: Desk, home: HomePage) -> None:
    cast = desk.cast
    open_now = GroupOrder.objects.filter(state="open").order_by("pk").first()
    tea = Category.objects.get(slug=read_world()["category"][0]["slug"])
    rows: list[dict[str, Any]] = [
        {"campaign": {"campaign": cast.campaigns["autumn-drive"].pk}},
        {"season": {"heading": "", "count": 8}},
        {"village": {
            "place": cast.regions["341523108901"].pk,
            "picture": {"image": desk.image("tea_picking_day").pk, "alt_text": "茶山前装着嫩枝的竹篮", "decorative": False},
            "text": "清明前后，河西村每天天不亮就有人上山。合作社按等级过秤，当天的数当天记。",
        }},
        {"impact": {"heading": "", "of": "all"}},
        {"shelf": {"heading": f"{tea.name}", "rule": "category", "category": tea.pk, "count": 4}},
        {"vendor": {"vendor": cast.vendors["shuangtang-coop"].pk}},
        {"notices": {"heading": "", "category": "", "count": 4}},
    ]  # fmt: skip
    if open_now:
        rows.insert(2, {"group_order": {"group_order": open_now.pk, "text": "会员请用经办人发的链接选购。"}})
    home.body = desk.body(rows)
    home.search_description = home.introduction
    home.save_revision().publish(skip_permission_checks=True)


def _identity(desk: Desk, rules: Any, about: Page, sections: list[Page]) -> None:
    site = Site.objects.get(is_default_site=True)
    identity = SiteIdentity.for_site(site)
    identity.sponsor, identity.operator = "宣州区民政局（示范）", "结对消费帮扶运营中心（示范）"
    identity.icp_number, identity.security_number = "皖ICP备00000000号-1（示范）", "皖公网安备00000000000000号（示范）"
    identity.government_code = "0000000000"
    identity.telephone, identity.hours = "0563-0000000", "工作日 8:30—17:30"
    identity.email, identity.address = "service@example.org", "安徽省宣城市宣州区示范路1号"
    identity.rules_page = rules
    identity.share_picture, identity.share_alt = desk.image("home_hero"), picture_credits()["home_hero"]["alt_zh"]
    identity.save()
    campaigns, villages, stories, notices, helps = sections
    menus = Menus.for_site(site)
    menus.main = [
        _link("目录", "Catalogue", "/catalogue/"),
        _link("村庄", "Villages", villages),
        _link("活动", "Campaigns", campaigns),
        _link("案例", "Stories", stories),
        _link("成效", "Impact", "/impact/"),
        _link("公告", "Notices", notices),
    ]
    menus.foot = [_link("关于结对", "About Jiedui", about), _link("帮助", "Help", helps)]
    menus.save()


def _link(title: str, title_en: str, target: Page | str) -> dict[str, Any]:
    page, address = (None, target) if isinstance(target, str) else (target.pk, "")
    return {"type": "link", "value": {"title": title, "title_en": title_en, "page": page, "address": address}}


def _in_moderation(desk: Desk, stories: Page) -> None:
    """A draft of the editor's, and a story submitted by them that waits for the moderator."""
    editor = desk.cast.users["bianji"]
    stories = Page.objects.get(pk=stories.pk)
    for slug, title, is_submitted in (
        ("orchid-pot", "窗台上的一盆春兰", True),
        ("lake-weekend", "湖边的一个周末", False),
    ):
        page = StoryPage(
            title=title,
            slug=slug,
            lead="正在整理的稿子，图片和数字还要核对。",
            told_on=desk.cast.at(-1).date(),
            source="示范素材",
            live=False,
            owner=editor,
            body=[{"type": "text", "value": str(format_html("<p>{}</p>", "初稿。"))}],
        )
        stories.add_child(instance=page)
        page.save_revision(user=editor)
        if is_submitted:
            page.get_workflow().start(page, editor)
