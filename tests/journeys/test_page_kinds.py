"""Every kind of page: what may stand below what, how a draft is previewed, what a notice hands out, who stands at the foot."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site, get_page_models

from tests.factories import pages
from tests.factories.world import World
from website.pages.models import HomePage, SiteIdentity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


KINDS = {model.kind: model for model in get_page_models() if getattr(model, "kind", "")}
WITHIN_A_SECTION = {"campaign", "village", "story", "help", "standard"}
BELOW = {
    "home": {"section", "campaign", "village", "story", "standard", "notice_list", "rules"},
    "section": WITHIN_A_SECTION,
    "notice_list": {"notice"},
    "rules": {"rules_edition"},
    **{kind: set() for kind in [*WITHIN_A_SECTION, "notice", "rules_edition"]},
}
ONCE = {"home", "notice_list", "rules"}


def offered(parent: Page) -> set[str]:
    """The kinds an editor is offered below a page; pages of no kind of ours are named by their model."""
    return {getattr(model, "kind", "") or model.__name__ for model in get_page_models() if model.can_create_at(parent)}


def test_below_the_root_stands_one_home_page(world: World) -> None:
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    HomePage.objects.all().delete()
    assert offered(root) == {"home"}
    pages.home()
    assert offered(Page.objects.get(pk=root.pk)) == set()


def test_below_a_new_home_page_everything_can_be_begun(world: World) -> None:
    assert offered(pages.home()) == BELOW["home"]


def test_below_each_page_stands_only_what_belongs_there_and_some_kinds_once(world: World) -> None:
    made = pages.one_of_each(world)
    assert {kind: offered(page) for kind, page in made.items()} == {kind: BELOW[kind] - ONCE for kind in made}


def test_what_does_not_belong_there_is_refused_at_the_door(world: World) -> None:
    made, editor = pages.one_of_each(world), Client()
    editor.force_login(User.objects.create_superuser("chief"))

    def door(kind: str, parent: str) -> int:
        address = reverse("wagtailadmin_pages:add", args=["pages", KINDS[kind].__name__.lower(), made[parent].pk])
        return int(editor.get(address).status_code)

    assert door("story", "section") == 200
    assert door("story", "notice_list") == 302  # back to the front page, with a word
    assert door("rules", "home") == 302
    assert door("notice", "home") == 302


def previewed(page: Any) -> list[str]:
    """What the page shows in each of its modes of preview, between head and foot."""
    answers = [page.make_preview_request(preview_mode=mode) for mode, _name in page.preview_modes]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return [main_of(answer.render().content.decode()) for answer in answers]


def test_every_kind_of_page_is_previewed_in_every_mode_before_it_is_published(world: World) -> None:
    shown, public = {}, {}
    for kind, page in pages.one_of_each(world).items():
        draft = page.get_latest_revision_as_object()
        setattr(draft, "heading" if kind == "home" else "title", "改过的题目")
        draft.save_revision()
        shown[kind] = ["改过的题目" in found for found in previewed(draft)]
        public[kind] = "改过的题目" in Client().get(page.url).content.decode()
    assert shown == {kind: [True, True] if kind == "campaign" else [True] for kind in KINDS}
    assert public == dict.fromkeys(KINDS, False)


def never_kept(known: Page) -> Any:
    """A page like this one that is being written beside it, placed as Wagtail places it for the preview."""
    parent = known.get_parent()
    fields = [field.name for field in known._meta.local_fields if field.name != "page_ptr"]
    page: Any = type(known)(title="还没保存", slug="new", **{name: getattr(known, name) for name in fields})
    page.path, page.depth = Page._get_children_path_interval(parent.path)[1], parent.depth + 1
    page.set_url_path(parent)
    return page


def test_a_page_that_was_never_kept_is_previewed_too(world: World) -> None:
    made = pages.one_of_each(world)
    del made["home"]  # of which there is one
    shown = {kind: ["还没保存" in found for found in previewed(never_kept(page))] for kind, page in made.items()}
    assert shown == {kind: [True, True] if kind == "campaign" else [True] for kind in made}
    assert not Page.objects.filter(title="还没保存").exists()


def main_of(html: str) -> str:
    """What stands between head and foot."""
    return html.split("<main")[1].split("</main>")[0]


def test_a_notice_hands_out_its_attachments(world: World) -> None:
    notices = pages.notices(pages.home())
    notice = pages.notice(notices)
    assert "附件" not in main_of(Client().get(notice.url).content.decode())
    notice.attachments = [pages.attachment("申请表"), pages.attachment("名单")]
    notice.save_revision().publish()
    shown = main_of(Client().get(notice.url).content.decode())
    assert "<h2>附件</h2>" in shown
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <span[^>]*>([^<]+)</span></li>', shown)
    assert [title for _address, title, _size in links] == ["申请表", "名单"]
    assert [size.replace("\xa0", " ") for _address, _title, size in links] == ["TXT, 7 字节"] * 2
    for address, _title, _size in links:
        answer = Client().get(address)
        assert answer.status_code == 200
        assert b"".join(answer) == "正文\n".encode()


def test_an_attachment_is_found_by_its_name(world: World) -> None:
    notice = pages.notice(pages.notices(pages.home()))
    notice.attachments = [pages.attachment("小额帮扶资金申请表")]
    notice.save_revision().publish()
    assert notice.url in Client().get(reverse("search"), {"q": "资金申请表"}).content.decode()


IDENTITY = {
    "sponsor": ("宣州区民政局", "主办：宣州区民政局"),
    "operator": ("结对运营中心", "运营：结对运营中心"),
    "icp_number": (
        "皖ICP备00000000号-1",
        '<a href="https://beian.miit.gov.cn/" rel="noopener">皖ICP备00000000号-1</a>',
    ),
    "security_number": (
        "皖公网安备34180202000000号",
        '<a href="https://beian.mps.gov.cn/" rel="noopener">皖公网安备34180202000000号</a>',
    ),
    "government_code": ("3418020001", "网站标识码：3418020001"),
    "telephone": ("0563-0000000", "电话： 0563-0000000"),
    "email": ("office@example.org", '<a href="mailto:office@example.org">office@example.org</a>'),
    "address": ("示范路1号", "<span>示范路1号</span>"),
    "hours": ("工作日 9–17 时", "（工作日 9–17 时）"),
}


def test_the_foot_names_no_fact_that_is_not_listed_here(world: World) -> None:
    told = {field.name for field in SiteIdentity._meta.local_fields} - {"id", "site", "rules_page"}
    assert {name for name in told if not name.startswith("share_")} == set(IDENTITY)


def test_whatever_the_office_fills_in_stands_at_the_foot_of_every_page(world: World) -> None:
    home = pages.home()
    identity = SiteIdentity.for_site(Site.objects.get())
    for name, (value, _shown) in IDENTITY.items():
        setattr(identity, name, value)
    identity.full_clean()
    identity.save()
    for address in (home.url, reverse("marketplace:catalogue"), reverse("marketplace:sign_up"), "/nowhere/"):
        html = Client(headers={"accept-language": "zh-CN"}).get(address).content.decode()
        foot = html.split('<div class="imprint">')[1].split("</footer>")[0]
        assert [name for name, (_value, shown) in IDENTITY.items() if shown not in foot] == [], address


@pytest.mark.parametrize("name", [name for name in IDENTITY if name != "hours"])  # which stand behind the telephone
def test_the_foot_says_nothing_of_what_is_not_filled_in(name: str) -> None:
    value, shown = IDENTITY[name]
    foot = get_template("includes/imprint.html").render({"facts": {name: value}})
    assert shown in foot
    rest = foot.replace(shown, "")
    assert "href" not in rest
    assert re.sub(r"<[^>]+>|\s", "", rest) == ""


def test_the_rules_are_linked_at_the_foot_while_they_are_public(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    home = pages.home()
    rules = pages.rules(home, ("现行版", world.now.date(), world.now))
    identity = SiteIdentity.for_site(Site.objects.get())
    identity.rules_page = rules
    identity.save()
    link = f'<a href="{rules.url}">交易规则</a>'
    assert link in Client().get(home.url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        rules.unpublish()
    assert link not in Client().get(home.url).content.decode()
