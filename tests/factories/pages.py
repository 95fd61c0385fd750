"""Pages as editors publish them, below a home page with a site of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from tests.factories import world as factory
from tests.factories.world import World, region, user
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


def home() -> HomePage:
    """The home page, served at the root of the site."""
    Locale.objects.get_or_create(language_code="zh-hans")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    made = root.add_child(
        instance=HomePage(title="结对", slug="jiedui", heading="一起买", introduction="一起选，一起订。")
    )
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=made, is_default_site=True)
    return HomePage.objects.get(pk=made.pk)


def put(parent: Page, page: Any, at: datetime | None = None) -> Any:
    """Publish a page below ``parent``; ``at``: since then."""
    parent = Page.objects.get(pk=parent.pk)
    parent.add_child(instance=page)
    page.save_revision().publish(skip_permission_checks=True)
    if at:
        type(page).objects.filter(pk=page.pk).update(first_published_at=at)
    return type(page).objects.get(pk=page.pk)


def section(parent: Page, slug: str = "all") -> SectionPage:
    return put(parent, SectionPage(title="栏目", slug=slug, lead="导语"))


def campaign_page(parent: Page, world: World, **more: Any) -> CampaignPage:
    return put(
        parent, CampaignPage(title="秋天一起买", slug="autumn", campaign=world.campaign, lead="把秋收带回来", **more)
    )


def village_page(parent: Page, code: str = "341523108901") -> VillagePage:
    page = VillagePage(title="河西的茶", slug=f"v{code}", region=region(code), lead="茶山脚下")
    return put(parent, page)


def story(parent: Page, slug: str = "story", told_on: date = date(2026, 11, 1), **more: Any) -> StoryPage:
    return put(parent, StoryPage(title=f"案例{slug}", slug=slug, lead="做成的事", told_on=told_on, **more))


def notices(parent: Page) -> NoticeListPage:
    return put(parent, NoticeListPage(title="公告", slug="notices"))


def notice(
    parent: Page, title: str = "通知", category: str = "notice", issued_on: date = date(2026, 9, 1)
) -> NoticePage:
    page = NoticePage(
        title=title,
        slug=f"n{uuid4().hex[:8]}",
        index_number="X/202609-1",
        category=category,
        issuer="民政局",
        written_on=issued_on,
        issued_on=issued_on,
    )
    return put(parent, page)


def rules(parent: Page, *editions: tuple[str, date, datetime]) -> RulesPage:
    """The rules with published editions: (title, the day it names, when it was published)."""
    made = put(parent, RulesPage(title="规则", slug="rules"))
    for title, effective_on, at in editions:
        page = RulesEditionPage(
            title=title,
            slug=f"e{uuid4().hex[:8]}",
            effective_on=effective_on,
            changes=f"{title}改了什么",
            body=[{"type": "text", "value": f"<p>{title}的条文</p>"}],
        )
        put(made, page, at)
    return RulesPage.objects.get(pk=made.pk)


def showcase(world: World) -> list[dict[str, Any]]:
    """A stream with one of each of the marketplace's blocks, every one of which has something to show."""
    shelf = {"heading": "", "rule": "newest", "category": None, "place": None, "listings": [], "count": 4}
    group_order = factory.open_group_order(world, count=1)
    values: dict[str, dict[str, Any]] = {
        "shelf": shelf,
        "season": {"heading": "", "count": 8},
        "campaign": {"campaign": world.campaign.pk},
        "impact": {"heading": "", "of": "all", "campaign": None, "place": None},
        "village": {"place": world.tea.origin_id, "picture": None, "text": "茶山脚下"},
        "vendor": {"vendor": world.tea_vendor.pk},
        "group_order": {"group_order": group_order.pk, "text": "快来选"},
        "notices": {"heading": "", "category": "", "count": 5},
    }
    return [{"type": name, "value": value} for name, value in values.items()]


def prose() -> list[dict[str, Any]]:
    """A stream with one of each block of text."""
    image = {"image": factory.picture("茶园").pk, "alt_text": "一片茶园", "decorative": False}
    shown = {"image": image, "caption": "清明前后", "credit": "合作社"}
    values: dict[str, Any] = {
        "heading": "怎样采的",
        "text": "<p>天不亮就上山。</p><ul><li>手采</li></ul>",
        "notice": "雨天不采。",
        "picture": shown,
        "pictures": [{"type": "item", "value": shown, "id": str(uuid4())} for _ in range(2)],
        "quote": {"text": "今年多卖了三成。", "who": "一户茶农"},
    }
    return [{"type": name, "value": value} for name, value in values.items()]


def attachment(title: str = "附件一") -> dict[str, Any]:
    """An attachment of a notice: a small real file in the library."""
    document = Document.objects.create(title=title, file=ContentFile("正文\n".encode(), name="notice.txt"))
    return {"type": "attachment", "value": {"title": title, "document": document.pk}}


def one_of_each(world: World) -> dict[str, Any]:
    """A published page of every kind, full of what it may hold, by its kind; the home page bears every block."""
    first, day = home(), world.now.date()
    below = section(first)
    pictured = {"picture": factory.picture("山"), "picture_alt": "晨雾里的山", "body": prose()}
    village = VillagePage(title="河西的茶", slug="hexi", region=world.tea.origin, lead="茶山脚下", **pictured)
    list_of_notices = notices(first)
    filed = notice(list_of_notices)
    filed.attachments, filed.body = [attachment()], prose()
    filed.save_revision().publish(skip_permission_checks=True)
    held = ("现行版", day - timedelta(90), world.now - timedelta(days=90))
    coming = ("下一版", day + timedelta(8), world.now - timedelta(days=1))
    book = rules(first, held, coming)
    made = {
        "section": below,
        "campaign": campaign_page(below, world, **pictured),
        "village": put(below, village),
        "story": story(below, campaign=world.campaign, region=world.tea.origin, **pictured),
        "notice_list": list_of_notices,
        "notice": filed,
        "rules": book,
        "rules_edition": RulesEditionPage.objects.child_of(book).order_by("pk")[0],
        "help": put(below, HelpPage(title="怎么选", slug="help", topic="picking", lead="三步选好", body=prose())),
        "standard": put(below, StandardPage(title="关于我们", slug="about", body=prose())),
    }
    first = HomePage.objects.get(pk=first.pk)  # which knows its children by now
    first.body, first.picture, first.picture_alt = showcase(world), pictured["picture"], "晨雾里的山"
    first.save_revision().publish(skip_permission_checks=True)
    return {"home": first, **made}


def identity() -> None:
    """The foot and the head as a busy office fills them in: every fact, and as many links as the menu takes."""
    site = Site.objects.get()
    facts = {
        "sponsor": "宣州区民政局",
        "operator": "结对消费帮扶运营中心",
        "icp_number": "皖ICP备00000000号-1",
        "security_number": "皖公网安备34180202000000号",
        "government_code": "3418020001",
        "telephone": "0563-0000000",
        "email": "office@example.org",
        "address": "示范市示范区示范路1号",
        "hours": "工作日 9–17 时",
    }
    SiteIdentity.objects.update_or_create(site=site, defaults=facts)
    links = [("商品目录", "Catalogue", "/catalogue/"), ("农时日历", "Harvest calendar", "/calendar/"),
                     ("帮扶成效", "Impact", "/impact/"), ("村庄", "Villages", "/places/"),
                     ("供应商", "Who sells", "/vendors/"), ("公告", "Notices", "/notices/"), ("案例", "Stories", "/all/")]  # fmt: skip
    stream = [
        {"type": "link", "value": {"title": zh, "title_en": en, "page": None, "address": address}}
        for zh, en, address in links
    ]
    Menus.objects.update_or_create(site=site, defaults={"main": stream, "foot": stream})


def newsroom() -> None:
    """Wagtail's groups of editors and moderators with the workflow between them, in a database that lost them."""
    root = Page.get_first_root_node()
    rights = {"Editors": ["add_page", "change_page"], "Moderators": ["add_page", "change_page", "publish_page"]}
    for name, codenames in rights.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
        for codename in codenames:
            permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    for username, name in (("editor", "Editors"), ("moderator", "Moderators")):
        user(username).groups.add(Group.objects.get(name=name))
    if not WorkflowPage.objects.filter(page=root).exists():
        task = GroupApprovalTask.objects.create(name="审核")
        task.groups.add(Group.objects.get(name="Moderators"))
        workflow = Workflow.objects.create(name="页面审核")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        WorkflowPage.objects.create(workflow=workflow, page=root)
