"""Pages of editors as visitors and machines read them: campaign, village, notices, rules, search, feeds, linked data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from marketplace.catalogue import actions as catalogue
from marketplace.impact import actions as impact
from tests.factories import market, pages
from tests.factories import world as factory
from tests.factories.world import World
from website.pages.models import (
    CampaignPage,
    HomePage,
    Menus,
    NoticePage,
    RulesEditionPage,
    RulesPage,
    SiteIdentity,
    StoryPage,
)

pytestmark = pytest.mark.django_db

LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def home(world: World) -> HomePage:
    return pages.home()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return answer.content.decode()


def linked(text: str) -> dict[str, dict[str, Any]]:
    """What search engines read, by its type."""
    return {thing["@type"]: thing for thing in map(json.loads, LINKED.findall(text))}


def completed(world: World, quantity: int = 1) -> None:
    (order,) = market.bought(world, [world.tea_pack])
    effects = [impact.Effect(order, order.lines.get(), "completed", quantity)]
    impact.record(effects=effects, reason="completed", at=world.now)


# A campaign


def test_a_campaign_page_shows_progress_buyers_vendors_and_cases(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.campaign_page(home, world, outcome="<p>总结在此</p>")
    pages.story(home, campaign=world.campaign)
    completed(world)
    text = text_of(visitor, page.url)
    assert "已完结¥100.00，完成目标的 1%" in text
    assert "1家单位参加" in text
    assert "<li>Society</li>" in text
    assert re.search(r"TeaCo</th>\s*<td class=\"num\">¥100.00", text)
    assert "案例story" in text
    assert "还剩60天" in text
    assert "总结在此" not in text


def test_once_it_has_ended_a_campaign_page_sums_up(
    world: World, home: HomePage, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pages.campaign_page(home, world, outcome="<p>总结在此</p>")
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + 59 * DAYS)
    assert "总结在此" not in text_of(visitor, page.url)
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + 60 * DAYS)
    text = text_of(visitor, page.url)
    assert "总结在此" in text
    assert "已结束" in text


def test_an_individual_is_not_named_among_those_who_take_part(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.campaign_page(home, world)
    completed(world)
    world.society.kind = "individual"
    world.society.save()
    assert "Society" not in text_of(visitor, page.url)


@pytest.mark.parametrize(("mode", "is_shown"), [("", False), ("ended", True)], ids=["today", "ended"])
def test_a_draft_is_previewed_as_it_is_and_as_it_will_be(
    world: World, home: HomePage, mode: str, is_shown: bool
) -> None:
    page = CampaignPage(title="草稿", slug="draft", campaign=world.campaign, lead="导", outcome="<p>总结在此</p>")
    page.live = False
    home.add_child(instance=page)
    answer = page.make_preview_request(preview_mode=mode)
    assert answer.status_code == 200
    assert ("总结在此" in answer.render().content.decode()) is is_shown


def test_a_campaigns_one_address_leads_to_its_page_or_to_the_figures(
    world: World, home: HomePage, visitor: Client
) -> None:
    address = reverse("marketplace:campaign", args=[world.campaign.slug])
    assert visitor.get(address)["Location"] == reverse("marketplace:impact")
    page = pages.campaign_page(home, world)
    assert visitor.get(address)["Location"] == page.url
    assert visitor.get(reverse("marketplace:campaign", args=["none"])).status_code == 404


def test_a_picture_without_words_is_refused(world: World, home: HomePage) -> None:
    page = StoryPage(title="图", slug="p", lead="导", told_on=date(2026, 1, 1), picture=factory.picture("草地"))
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert list(refused.value.message_dict) == ["picture_alt"]
    page.picture_alt = "草地上的牛"
    page.clean()


# A village, a story


def test_a_village_page_shows_what_it_sells_and_what_was_bought(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.village_page(home)
    pages.story(home, region=factory.region("341523108901"))
    completed(world)
    text = text_of(visitor, page.url)
    assert "南港镇" in text
    assert "舒城小兰花" in text
    assert "双塘稻虾米" not in text
    assert "¥100.00" in text
    assert "案例story" in text


def test_a_township_page_sums_up_its_villages(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.village_page(home, "341523108")
    completed(world, 3)
    text = text_of(visitor, page.url)
    assert "舒城小兰花" in text
    assert "¥300.00" in text


# Notices


@pytest.fixture
def disclosed(home: HomePage) -> Any:
    """Three notices: two of 2026, one of 2025; two categories."""
    found = pages.notices(home)
    pages.notice(found, "新公示", "publicity", date(2026, 5, 1))
    pages.notice(found, "新通知", "notice", date(2026, 4, 1))
    pages.notice(found, "旧通知", "notice", date(2025, 4, 1))
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["新公示", "新通知", "旧通知"]),
        ("?category=notice", ["新通知", "旧通知"]),
        ("?year=2026", ["新公示", "新通知"]),
        ("?category=notice&year=2025", ["旧通知"]),
        ("?category=publicity&year=2025", []),
        ("?category=x%27&year=20a6&page=999", ["新公示", "新通知", "旧通知"]),
        ("?year=٢٠٢٦", ["新公示", "新通知", "旧通知"]),
        ("?year=0000", ["新公示", "新通知", "旧通知"]),
    ],
)
def test_notices_are_narrowed_by_category_and_year(
    disclosed: Any, visitor: Client, query: str, expected: list[str]
) -> None:
    text = text_of(visitor, disclosed.url + query)
    assert re.findall(r">([新旧][通公][知示])</a>", text) == expected


def test_a_long_list_of_notices_is_paged(disclosed: Any, visitor: Client) -> None:
    for number in range(20):
        pages.notice(disclosed, f"第{number}号", "funds", date(2024, 1, 1 + number))
    text = text_of(visitor, f"{disclosed.url}?page=2")
    assert len(re.findall(r"第\d+号</a>", text)) == 3


def test_a_notice_shows_the_head_a_government_site_files_it_by(disclosed: Any, visitor: Client) -> None:
    text = text_of(visitor, NoticePage.objects.get(title="新公示").url)
    heads = ["索引号", "组配分类", "发布机构", "主题分类", "文号", "生成日期", "发布日期"]
    assert re.findall(r'<th scope="row">(.*?)</th>', text) == heads
    assert "X/202609-1" in text


def test_a_notice_is_not_issued_before_it_was_written(home: HomePage) -> None:
    page = NoticePage(title="n", written_on=date(2026, 2, 2), issued_on=date(2026, 2, 1))
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert list(refused.value.message_dict) == ["issued_on"]


# The trading rules


def test_a_change_of_the_rules_is_announced_on_every_page_until_its_day(
    world: World, home: HomePage, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = world.now.date()
    rules = pages.rules(
        home, ("旧版", today - 90 * DAYS, world.now - 90 * DAYS), ("新版", today + 5 * DAYS, world.now - 2 * DAYS)
    )
    identity = SiteIdentity.for_site(Site.objects.get())
    identity.rules_page = rules
    identity.save()
    sentence = "平台交易规则将于2026年11月28日变更"
    assert sentence in text_of(visitor, reverse("marketplace:catalogue"))
    shown = text_of(visitor, rules.url)
    assert "旧版的条文" in shown
    assert "新版的条文" not in shown
    assert "新版改了什么" in shown
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + 5 * DAYS)
    assert sentence not in text_of(visitor, reverse("marketplace:catalogue"))
    assert "新版的条文" in text_of(visitor, rules.url)


def edition_form(rules: RulesPage, page: RulesEditionPage, **typed: Any) -> Any:
    form = RulesEditionPage.get_edit_handler().get_form_class()
    data = {"title": page.title or "版本", "slug": page.slug or "v", "changes": page.changes, **typed}
    data |= {"body-count": "0", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    return form(data, instance=page, parent_page=rules)


def test_a_change_without_seven_days_notice_is_refused_at_its_field(world: World, home: HomePage) -> None:
    today = world.now.date()
    rules = pages.rules(home, ("旧版", today - 90 * DAYS, world.now - 90 * DAYS))
    late = edition_form(rules, RulesEditionPage(), effective_on=today + 6 * DAYS)
    assert "effective_on" in late.errors
    good = edition_form(rules, RulesEditionPage(), effective_on=today + 7 * DAYS)
    assert "effective_on" not in good.errors


def test_a_published_edition_is_not_changed(world: World, home: HomePage) -> None:
    today = world.now.date()
    rules = pages.rules(home, ("旧版", today - 90 * DAYS, world.now - 90 * DAYS))
    page = RulesEditionPage.objects.get()
    changed = edition_form(rules, page, effective_on=today, changes="偷偷改")
    assert {"effective_on", "changes"} <= set(changed.errors)


# Menus, foot, redirects, 404


def test_the_editors_menu_and_the_filings_stand_on_every_page(
    world: World, home: HomePage, visitor: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    site = Site.objects.get()
    address = reverse("marketplace:impact")
    assert "皖ICP备1号" not in text_of(visitor, address)
    with django_capture_on_commit_callbacks(execute=True):
        identity = SiteIdentity.for_site(site)
        identity.icp_number, identity.government_code = "皖ICP备1号", "3418020001"
        identity.save()
        menus = Menus.for_site(site)
        village = pages.village_page(home)
        links = [("村子", "Villages", village.pk, ""), ("看看", "Look", None, "/impact/")]
        menus.main = [
            {"type": "link", "value": {"title": zh, "title_en": en, "page": page, "address": to}}
            for zh, en, page, to in links
        ]
        menus.save()
    text = text_of(visitor, address)
    assert "皖ICP备1号" in text
    assert "网站标识码：3418020001" in text
    assert re.search(rf'<a href="{village.url}">村子</a>\s*<a href="/impact/" aria-current="page">看看</a>', text)
    assert ">Look</a>" in text_of(Client(headers={"accept-language": "en"}), address)


def test_a_page_taken_off_leaves_the_menu_at_once(
    world: World, home: HomePage, visitor: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    village = pages.village_page(home)
    menus = Menus.for_site(Site.objects.get())
    value = {"title": "村子", "title_en": "Villages", "page": village.pk, "address": ""}
    menus.main = [{"type": "link", "value": value}]
    menus.save()
    assert "村子" in text_of(visitor, "/search/")
    with django_capture_on_commit_callbacks(execute=True):
        village.unpublish()
    assert "村子" not in text_of(visitor, "/search/")


def test_a_redirect_of_the_editors_is_followed(home: HomePage, visitor: Client) -> None:
    page = pages.village_page(home)
    Redirect.add_redirect("/old-tea/", redirect_to=page, is_permanent=True)
    answer = visitor.get("/old-tea/")
    assert (answer.status_code, answer["Location"]) == (301, page.url)


def test_a_lost_address_suggests_what_was_meant_and_searches(world: World, home: HomePage, visitor: Client) -> None:
    text = text_of(visitor, "/catalogue/teaco/", 404)
    assert f'<a href="/catalogue/{world.tea.slug}/">舒城小兰花</a>' in text
    assert 'action="/search/"' in text


@pytest.mark.parametrize("address", ["/orders/tea/", "/vendor/orders/tea/", "/organisations/teaco/"])
def test_a_lost_address_of_a_workspace_suggests_nothing(world: World, home: HomePage, address: str) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(world.users["clerk"])
    answer = client.get(address)
    assert answer.status_code in (403, 404)
    assert "您要找的可能是" not in answer.content.decode()


# Search, sitemap, robots, feed


def test_search_finds_pages_and_listings_by_any_two_characters(world: World, home: HomePage, visitor: Client) -> None:
    pages.village_page(home)
    body = [{"type": "text", "value": "<p>竹编课桌垫的来历</p>"}]
    pages.story(home, body=body)
    text = text_of(visitor, "/search/?q=兰花")
    assert "舒城小兰花" in text
    assert "案例story" not in text
    assert "案例story" in text_of(visitor, "/search/?q=课桌")
    assert "没有找到" in text_of(visitor, "/search/?q=飞机")


def test_search_shows_no_draft_and_survives_odd_words(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.story(home)
    page.unpublish()
    assert page.url not in text_of(visitor, "/search/?q=案例story")
    for words in ("%00", "'\"--", "*", "a" * 500, "%E5", "AND OR NOT"):
        assert visitor.get(f"/search/?q={words}").status_code in (200, 400)


def test_the_sitemap_lists_pages_and_listings_on_sale(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.village_page(home)
    index = ElementTree.fromstring(text_of(visitor, "/sitemap.xml"))
    parts = [node.text for node in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert [part.rsplit("/", 1)[1] for part in parts] == [
        "sitemap-pages.xml",
        "sitemap-listings.xml",
        "sitemap-screens.xml",
        "sitemap-vendors.xml",
        "sitemap-places.xml",
    ]
    assert page.url in text_of(visitor, "/sitemap-pages.xml")
    assert f"/catalogue/{world.tea.slug}/" in text_of(visitor, "/sitemap-listings.xml")
    catalogue.withdraw_listing(listing=world.tea, by=world.users["teaco"], at=world.now)
    assert f"/catalogue/{world.tea.slug}/" not in text_of(visitor, "/sitemap-listings.xml")


def test_robots_are_told_what_is_private_and_where_the_sitemap_is(home: HomePage, visitor: Client) -> None:
    text = text_of(visitor, "/robots.txt")
    assert "Disallow: /admin/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


@pytest.mark.parametrize(
    ("address", "entry"),
    [("/feed/", "{http://www.w3.org/2005/Atom}entry"), ("/feed/rss/", "item")],
    ids=["atom", "rss"],
)
def test_the_feed_tells_of_stories_and_notices_latest_first(
    disclosed: Any, home: HomePage, visitor: Client, address: str, entry: str
) -> None:
    pages.story(home, told_on=date(2026, 4, 15))
    feed = ElementTree.fromstring(text_of(visitor, address))
    titles = [next(node.text for node in one if node.tag.endswith("title")) for one in feed.iter(entry)]
    assert titles == ["新公示", "案例story", "新通知", "旧通知"]


# What machines read


def test_a_listing_tells_search_engines_product_offers_and_way(world: World, home: HomePage, visitor: Client) -> None:
    found = linked(text_of(visitor, reverse("marketplace:listing_detail", args=[world.tea.slug])))
    offer = found["Product"]["offers"][0]
    assert found["Product"]["name"] == "舒城小兰花"
    assert (offer["price"], offer["priceCurrency"]) == ("100.00", "CNY")
    assert offer["availability"] == "https://schema.org/InStock"
    assert found["Product"]["image"][0].startswith("http://testserver/media/")
    assert [item["position"] for item in found["BreadcrumbList"]["itemListElement"]] == [1, 2, 3]


def test_a_campaign_tells_search_engines_its_days(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.campaign_page(home, world)
    event = linked(text_of(visitor, page.url))["Event"]
    assert (event["startDate"], event["endDate"]) == ("2026-10-24", "2027-01-21")
    assert event["location"]["name"] == "舒城县"
    assert event["url"] == f"http://testserver{page.url}"


def test_the_home_page_tells_search_engines_who_stands_behind_it(world: World, home: HomePage, visitor: Client) -> None:
    identity = SiteIdentity.for_site(Site.objects.get())
    identity.sponsor, identity.telephone = "民政局", "0563-1"
    identity.save()
    found = linked(text_of(visitor, home.url))["Organization"]
    assert (found["name"], found["telephone"]) == ("民政局", "0563-1")


def test_no_text_ends_the_script_it_stands_in(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.story(home)
    Page.objects.filter(pk=page.pk).update(title="</script><script>alert(1)</script>")
    text = text_of(visitor, page.url)
    assert "<script>alert(1)" not in text
    assert linked(text)["BreadcrumbList"]["itemListElement"][-1]["name"] == "</script><script>alert(1)</script>"


def test_a_page_passed_on_shows_its_own_picture(world: World, home: HomePage, visitor: Client) -> None:
    page = pages.story(home, picture=factory.picture("草地"), picture_alt="草地上的牛")
    text = text_of(visitor, page.url)
    assert re.search(r'<meta property="og:image" content="http://testserver/media/images/[^"]+\.jpg">', text)
    assert '<meta property="og:image:alt" content="草地上的牛">' in text
    assert f'<link rel="canonical" href="http://testserver{page.url}">' in text


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/catalogue/", "结对县的农产品与服务"),
        ("/catalogue/teaco-tea/", "舒城小兰花"),
        ("/vendors/", "供应商名录"),
        ("/vendors/teaco/", "TeaCo"),
        ("/calendar/", "农时日历"),
        ("/places/", "商品从哪里来"),
        ("/impact/", "采购带来了什么"),
    ],
)
def test_a_screen_passed_on_says_what_it_is(
    world: World, home: HomePage, visitor: Client, address: str, title: str
) -> None:
    text = text_of(visitor, address)
    assert f'<meta property="og:title" content="{title}">' in text
    assert re.search(r'<meta name="description" content="[^"]{2,}">', text)


def test_what_has_no_picture_shows_the_sites_own(world: World, home: HomePage, visitor: Client) -> None:
    identity = SiteIdentity.for_site(Site.objects.get(is_default_site=True))
    identity.share_picture, identity.share_alt = factory.picture("群山"), "清晨的群山"
    identity.save()
    for address in ("/catalogue/", pages.story(home).url):
        text = text_of(visitor, address)
        assert re.search(r'<meta property="og:image" content="http://testserver/media/images/[^"]+\.jpg">', text)
        assert '<meta property="og:image:alt" content="清晨的群山">' in text


def test_photographs_of_pages_come_in_the_sizes_their_places_need(
    world: World, home: HomePage, visitor: Client
) -> None:
    section = pages.section(home)
    page = pages.story(section, picture=factory.picture("草地"), picture_alt="草地上的牛")
    for text in (text_of(visitor, page.url), text_of(visitor, section.url)):
        assert re.search(r'<img [^>]*srcset="[^"]+" sizes="[^"]+" alt="草地上的牛" width="\d+" height="\d+"', text)


def test_words_of_the_screens_are_in_the_readers_language(home: HomePage) -> None:
    text = text_of(Client(headers={"accept-language": "en"}), pages.village_page(home).url)
    ours = re.sub(r'<(\w+)[^>]* lang="zh-CN".*?</\1>', "", text, flags=re.DOTALL)
    assert "What was bought from here" in ours


# Who may


@pytest.fixture
def editor(world: World) -> Client:
    """Somebody of Wagtail's own group of editors."""
    person = factory.user("editor")
    person.groups.add(Group.objects.get(name="Editors"))
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(person)
    return client


CHOOSERS = ["campaign", "region", "vendor", "category", "listing", "group_order"]


@pytest.mark.parametrize("name", CHOOSERS)
def test_choosers_open_to_editors_and_to_nobody_else(world: World, home: HomePage, editor: Client, name: str) -> None:
    address = reverse(f"marketplace_{name}_chooser:choose")
    assert editor.get(address).status_code == 200
    officer = Client()
    officer.force_login(world.officer)
    assert officer.get(address).status_code in (302, 403)
    assert Client().get(address).status_code == 302


def test_the_chooser_of_listings_offers_what_is_published(world: World, home: HomePage, editor: Client) -> None:
    address = reverse("marketplace_listing_chooser:choose_results")
    assert "舒城小兰花" in editor.get(address, {"q": "小兰"}).content.decode()
    assert "双塘稻虾米" not in editor.get(address, {"q": "小兰"}).content.decode()
    catalogue.withdraw_listing(listing=world.tea, by=world.users["teaco"], at=world.now)
    assert "舒城小兰花" not in editor.get(address).content.decode()
    assert editor.get(reverse("marketplace_listing_chooser:chosen", args=[world.tea.pk])).status_code == 404


def test_an_editor_lands_in_the_admin_and_cannot_publish(world: World, home: HomePage, editor: Client) -> None:
    assert editor.get(reverse("marketplace:desk"))["Location"] == "/admin/"
    page = pages.story(home)
    assert not page.permissions_for_user(factory.User.objects.get(username="editor")).can_publish()


def test_help_is_linked_from_the_screens_it_is_about(world: World, home: HomePage, visitor: Client) -> None:
    from website.pages.models import HelpPage

    address = reverse("marketplace:catalogue")
    assert "本页帮助" not in text_of(visitor, address)
    from django.core.cache import caches

    caches["fragments"].clear()
    page = pages.put(pages.section(home), HelpPage(title="随便看看", slug="browse", topic="browsing", lead="看"))
    assert f'<a href="{page.url}">本页帮助</a>' in text_of(visitor, address)
    assert page.url not in text_of(visitor, reverse("marketplace:sign_up"))
