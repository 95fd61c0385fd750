"""Pages as editors publish them, below a home page with a site of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
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

from tests.factories.world import World, region, user
from website.pages.models import (
    CampaignPage,
    HomePage,
    NoticeListPage,
    NoticePage,
    RulesEditionPage,
    RulesPage,
    SectionPage,
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
