"""The style guide in every dress; and what every public page keeps to: weight, stillness, the content policy, one language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from marketplace.access.actions import file_complaint
from tests.browser.conftest import DESK, PHONE, Person, Witness
from tests.browser.looks import look
from tests.browser.steps import press
from tests.factories import pages
from tests.factories import world as factory
from tests.factories.market import offer
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/catalogue/", "/catalogue/teaco-tea/", "/impact/", "/accessibility/", "/accounts/login/", "/sign-up/"]
DESKS = [
    "/desk/",
    "/organisations/union/group-orders/",
    "/organisations/union/purchases/",
    "/organisations/union/roll/",
]
HEAVIEST = 150_000  # bytes, without photographs
STILL = 0.01  # cumulative layout shift that nobody notices
SHIFTS = """new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shifted = (window.shifted || 0) + entry.value;
}).observe({type: "layout-shift", buffered: true})"""


@pytest.fixture(autouse=True)
def _shown(settings: object) -> None:
    settings.MARKETPLACE_STYLEGUIDE = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_style_guide_offends_nobody(market: World, person: Person, width: int, locale: str) -> None:
    page = person(width=width, locale=locale)
    page.goto("/styleguide/")
    look(page)
    expect(page.locator("link[href*='elder.css']")).to_have_count(0)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_style_guide_offends_nobody_in_elder_mode(market: World, person: Person, width: int) -> None:
    page = person(width=width)
    page.goto("/styleguide/")
    page.locator(".guide-switches").get_by_role("button", name="长辈版").click()
    expect(page.locator("link[href*='elder.css']")).to_have_count(1)
    expect(page.locator("dialog")).to_have_count(0)
    look(page)
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 22
    assert page.evaluate("parseFloat(getComputedStyle(document.body).lineHeight)") >= 1.5 * 22
    low = page.evaluate("""[...document.querySelectorAll(".button, .site-nav a, .site-tools :is(a, button), select, summary")]
        .filter(node => node.offsetHeight && node.offsetHeight < 48).map(node => node.outerHTML.slice(0, 80))""")
    assert low == []
    page.locator(".guide-switches").get_by_role("button", name="标准版").click()
    expect(page.locator("link[href*='elder.css']")).to_have_count(0)


def test_the_style_guide_on_paper(market: World, person: Person) -> None:
    page = person()
    page.goto("/styleguide/?medium=print")
    expect(page.locator(".site-head")).to_be_hidden()
    expect(page.get_by_role("heading", name="验收单")).to_be_visible()
    look(page)


def test_a_dialog_opens_and_closes_by_keyboard(market: World, person: Person) -> None:
    page = person()
    page.goto("/styleguide/")
    page.get_by_role("button", name="怎样算出来的？").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def weigh(page: Page, address: str) -> int:
    """Bytes that crossed the wire for this page and everything it asked for, photographs left out."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    photographs, sizes = set[str](), dict[str, int]()

    def arrived(event: dict) -> None:
        response = event["response"]
        if response["mimeType"].startswith("image/") and "svg" not in response["mimeType"]:
            photographs.add(event["requestId"])

    session.on("Network.responseReceived", arrived)
    session.on(
        "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])})
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    session.detach()
    return sum(size for name, size in sizes.items() if name not in photographs)


def test_no_page_weighs_too_much(market: World, person: Person) -> None:
    for number in range(22):  # a whole page of the catalogue
        offer(market, market.tea_vendor, f"tea-{number}")
    home = pages.home()
    written = [pages.story(home), pages.village_page(home), pages.campaign_page(home, market)]
    open_to_all = [*PUBLIC, "/", "/calendar/", *(page.url for page in written), "/catalogue/?q=茶", "/styleguide/"]
    visitor, clerk = person(), person("clerk")
    heavy = {address: weight for address in open_to_all if (weight := weigh(visitor, address)) > HEAVIEST}
    heavy |= {address: weight for address in DESKS if (weight := weigh(clerk, address)) > HEAVIEST}
    assert heavy == {}
    assert weigh(visitor, "/catalogue/") > 10_000  # the scales work


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_moves_while_a_page_comes(market: World, person: Person, width: int) -> None:
    page = person(width=width)
    page.add_init_script(SHIFTS)
    moved = {}
    for address in [*PUBLIC, "/styleguide/"]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(150)
        if (shift := page.evaluate("window.shifted || 0")) > STILL:
            moved[address] = shift
    assert moved == {}


def test_a_page_that_moves_is_seen(market: World, person: Person) -> None:
    page = person()
    page.add_init_script(SHIFTS)
    page.goto("/catalogue/")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)  # what follows a press within half a second does not count as moving
    page.evaluate("document.querySelector('main').style.marginBlockStart = '300px'")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted") > STILL


def test_elder_mode_without_scripts_keeps_the_page(market: World, person: Person) -> None:
    page = person(width=PHONE, scripts=False)
    page.goto("/catalogue/?q=兰花")
    address = page.url
    press(page, "长辈版")
    assert page.url == address
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    press(page, "标准版")
    assert page.url == address


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_screens_stand_in_elder_mode(market: World, person: Person, width: int) -> None:
    factory.open_group_order(market, count=2)
    page = person("clerk", width)
    press(page, "长辈版")
    for address in [*DESKS, *PUBLIC[:4]]:
        page.goto(address)
        look(page)


@pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_page_begins_at_its_top_with_its_open_tab_in_view(
    market: World, person: Person, width: int, elder: bool
) -> None:
    page = person("clerk", width)
    if elder:
        press(page, "长辈版")
    page.goto("/organisations/union/people/")
    assert page.evaluate("scrollY") == 0
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)


def test_a_complaint_by_keyboard_on_the_phone(market: World, person: Person) -> None:
    page = person(width=PHONE)
    page.goto("/accessibility/")
    look(page)
    page.get_by_label("您遇到了什么障碍？").focus()
    page.keyboard.type("字太小，看不清价格。")
    page.keyboard.press("Tab")
    page.keyboard.type("/catalogue/")
    page.keyboard.press("Enter")
    expect(page.get_by_text("谢谢您。查询编号是 AC-")).to_be_visible()
    expect(page.locator(".badge")).to_have_text("处理中")
    look(page)


@pytest.fixture
def editors_addresses(market: World) -> list[str]:
    """One page of each kind editors write, and what stands around them: search, a lost address, privacy, a complaint."""
    made = [str(page.url) for page in pages.one_of_each(market).values()]
    pages.identity()
    complaint = file_complaint(hindrance="字太小", by=None, at=market.now)
    around = ["/search/", "/search/?q=茶", "/nowhere/", "/privacy/", "/sign-up/"]
    return [*made, *around, f"/accessibility/complaints/?number={complaint.reference}"]


def leaf_through(page: Page, addresses: list[str]) -> Iterator[tuple[str, float]]:
    """Each page looked at (axe and width), and by how much it moved while it came."""
    page.add_init_script(SHIFTS)
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(150)
        yield address, page.evaluate("window.shifted || 0")
        look(page)


@pytest.mark.parametrize(
    ("width", "locale", "display"),
    [(PHONE, "zh-CN", "usual"), (DESK, "en-GB", "usual"), (PHONE, "zh-CN", "elder")],
    ids=["phone", "desk in English", "phone for elders"],
)
def test_the_editors_pages_offend_nobody_and_stand_still(
    person: Person, witness: Witness, editors_addresses: list[str], width: int, locale: str, display: str
) -> None:
    page = person(width=width, locale=locale)
    if display == "elder":
        page.goto("/accessibility/")
        press(page, "长辈版")
        expect(page.locator("link[href*='elder.css']")).to_have_count(1)
    moved = {address: shift for address, shift in leaf_through(page, editors_addresses) if shift > STILL}
    assert moved == {}
    witness.seen = [line for line in witness.seen if not line.endswith("/nowhere/")]  # which is lost, as it should be
