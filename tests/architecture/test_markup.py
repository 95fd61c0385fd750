"""Every page is valid HTML, names each thing once, carries nothing inline, and gives each picture its size and words."""

from __future__ import annotations

from collections import Counter
from typing import Any

import html5lib
import pytest
from django.template.loader import get_template
from django.urls import reverse

from tests.architecture.stage import Stage, text_of, visitor
from tests.architecture.test_permissions import MATRIX

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
    is_data = node.get("type") == "application/ld+json"  # read by search engines, run by nobody
    if node.tag == "style" or (node.tag == "script" and not node.get("src") and not is_data):
        found.append(f"inline <{node.tag}>")
    if node.tag == "img" and not all(node.get(name) is not None for name in ("alt", "width", "height")):
        found.append(f"<img src={node.get('src')}> without words or size")
    if node.tag == "label" and node.get("for") and node.get("for") not in ids:
        found.append(f"a label for {node.get('for')}, which is not there")
    return found


@pytest.mark.parametrize(("language", "display"), [("zh-hans", "usual"), ("en", "elder")])
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
