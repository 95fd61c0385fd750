"""Every page is valid HTML, names each thing once, carries nothing inline, and gives each picture its size and words."""

from __future__ import annotations

from collections import Counter
from typing import Any

import html5lib
import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from wagtail.models import get_page_models

from tests.architecture.stage import Stage, text_of, visitor
from tests.architecture.test_permissions import MATRIX
from tests.factories import pages
from tests.factories.world import World

pytestmark = pytest.mark.django_db

NOT_OURS = "marketplace_backoffice:"  # Wagtail's frame stands around the officers' screens
ORDER = ["anonymous", "member", "admin", "teaco"]


def faults(html: str) -> list[str]:
    """What a strict reading finds; parse errors by place, then what validators say beyond them."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parse(html)
    found = [f"line {line}: {code} {data}" for (line, _column), code, data in parser.errors]
    nodes = [node for node in tree.iter() if isinstance(node.tag, str)]
    ids = Counter(node.get("id") for node in nodes if node.get("id"))
    found += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
    for node in nodes:
        found += _of_node(node, ids)
    headings = [node for node in nodes if node.tag == "h1"]
    return found if len(headings) == 1 else [*found, f"{len(headings)} h1"]


def _of_node(node: Any, ids: Counter[Any]) -> list[str]:
    found = [f"<{node.tag} {name}>" for name in node.attrib if name == "style" or name.startswith("on")]
    is_data = node.get("type") in ("application/ld+json", "application/json")  # read, run by nobody
    if node.tag == "style" or (node.tag == "script" and not node.get("src") and not is_data):
        found.append(f"inline <{node.tag}>")
    if node.tag == "img" and not all(node.get(name) is not None for name in ("alt", "width", "height")):
        found.append(f"<img src={node.get('src')}> without words or size")
    if node.tag == "label" and node.get("for") and node.get("for") not in ids:
        found.append(f"a label for {node.get('for')}, which is not there")
    return found


DRESSES = pytest.mark.parametrize(
    ("language", "display"),
    [("zh-hans", "usual"), ("en", "usual"), ("zh-hans", "elder"), ("en", "elder")],
    ids=["Chinese", "English", "Chinese, elder", "English, elder"],
)


@DRESSES
def test_every_page_is_valid_html(stage: Stage, language: str, display: str, settings: Any) -> None:
    settings.MARKETPLACE_STYLEGUIDE = True
    doors = {name: door for name, door in MATRIX.items() if not door.button and not name.startswith(NOT_OURS)}
    wrong, seen = [], 0
    for name, door in doors.items():
        who = next((person for person in ORDER if person in door.lets_in), "anonymous")
        client = visitor(stage, who)
        client.cookies["display"] = display
        answer = client.get(reverse(name, args=door.args(stage)), headers={"accept-language": language})
        text = text_of(answer)  # reads files to their end, too
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            seen += 1
            wrong += [f"{name} for {who}: {fault}" for fault in faults(text)]
    assert wrong == []
    assert seen > 35


@DRESSES
def test_the_editors_pages_are_valid_html(world: World, language: str, display: str) -> None:
    made = pages.one_of_each(world)
    assert set(made) == {model.kind for model in get_page_models() if getattr(model, "kind", "")}
    addresses = [str(page.url) for page in made.values()]
    addresses += [
        f"{made['notice_list'].url}?category=notice&year=2026",
        "/search/",
        "/search/?q=案例",
        "/search/?q=无此物",
    ]
    client = dressed(Client(), language, display)
    wrong = [f"{address}: {fault}" for address in addresses for fault in faults(html_of(client, address))]
    assert wrong == []


# Where people come in, change their password, or are told what happened: (address, by whom, what is typed).
ACCOUNT_PAGES = [
    ("/accounts/login/", "", {}),
    ("/accounts/login/", "", {"login": "buyer", "password": "wrong"}),
    ("/accounts/logout/", "buyer", {}),
    ("/accounts/signup/", "", {}),
    ("/accounts/password/reset/", "", {}),
    ("/accounts/password/reset/", "", {"email": "no address"}),
    ("/accounts/password/reset/done/", "", {}),
    ("/accounts/password/reset/key/1-none/", "", {}),
    ("/accounts/password/reset/key/done/", "", {}),
    ("/accounts/password/change/", "buyer", {}),
    ("/accounts/password/change/", "buyer", {"oldpassword": "wrong", "password1": "a", "password2": "b"}),
    ("/accounts/email/", "buyer", {}),
    ("/accounts/confirm-email/", "", {}),
    ("/accounts/confirm-email/none/", "", {}),
    ("/accounts/inactive/", "", {}),
    ("/accounts/reauthenticate/", "buyer", {}),
]


@DRESSES
def test_the_pages_of_accounts_are_valid_html(world: World, language: str, display: str) -> None:
    wrong, seen = [], 0
    for address, username, typed in ACCOUNT_PAGES:
        client = dressed(Client(), language, display)
        if username:
            client.force_login(world.users[username])
        answer = client.post(address, typed) if typed else client.get(address)
        if answer.status_code == 200:
            seen += 1
            wrong += [f"{address} {typed}: {fault}" for fault in faults(answer.content.decode())]
    assert wrong == []
    assert seen >= 12


def dressed(client: Client, language: str, display: str) -> Client:
    """The client of a reader of this language in this display."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    client.cookies["display"] = display
    return client


def html_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<!DOCTYPE html><title>x</title><h1>x</h1><p><div></div></p>", "unexpected-end-tag"),
        ("<!DOCTYPE html><title>x</title><h1>x</h1><i id=a></i><b id=a></b>", "id a stands 2 times"),
        ("<!DOCTYPE html><title>x</title><h1 style='color:red'>x</h1>", "<h1 style>"),
        ("<!DOCTYPE html><title>x</title><h1>x</h1><script>1</script>", "inline <script>"),
        ("<!DOCTYPE html><title>x</title><h1>x</h1><img src=a>", "without words or size"),
        ("<!DOCTYPE html><title>x</title><h1>x</h1><label for=q>x</label>", "a label for q"),
        ("<!DOCTYPE html><title>x</title><h1>x</h1><h1>y</h1>", "2 h1"),
    ],
)
def test_each_kind_of_fault_is_seen(html: str, fault: str) -> None:
    assert any(fault in found for found in faults(html))


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html"])
def test_the_error_pages_are_valid_html(name: str, rf: Any) -> None:
    request = None if name in ("400.html", "500.html") else rf.get("/")
    assert faults(get_template(name).render({}, request)) == []
