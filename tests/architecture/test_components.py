"""The list of components, their templates and the style guide say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "marketplace" / "templates" / "marketplace"
GUIDE = TEMPLATES / "storefront"
SHOWN_OTHERWISE = {
    "timeline.html",  # asks for an order: its markup stands there
    "pagination.html",  # asks for a paginated list: its markup stands there
    "number.html",  # stands in the form as the stepper
    "reading_tools.html",  # in the header of every page
    "elder_tasks.html",  # on the first pages, in elder mode
    "styles.html",  # the sheets themselves
}


def listed() -> set[str]:
    """The templates that docs/reference/design.md names."""
    return set(re.findall(r"`(?:marketplace/includes/)?(\w+\.html)`", (ROOT / "docs/reference/design.md").read_text()))


def shown() -> set[str]:
    """What the style guide includes, by itself or through a component or a tag."""
    pages = [GUIDE / "styleguide.html", *(GUIDE / "styleguide").glob("*.html")]
    found, waiting = set[str](), list(pages)
    while waiting:
        text = waiting.pop().read_text()
        names = set(re.findall(r"marketplace/includes/(\w+\.html)", text))
        names |= {f"{name}.html" for name in re.findall(r"{% (breadcrumbs|badge) ", text)}
        waiting += [TEMPLATES / "includes" / name for name in names - found]
        found |= names
    return found


def test_every_listed_component_is_there_and_says_what_it_is_given() -> None:
    silent = [name for name in listed() if "{# " not in (TEMPLATES / "includes" / name).read_text()]
    assert silent == []
    assert len(listed()) > 30


def test_every_listed_component_stands_in_the_style_guide() -> None:
    assert listed() - shown() == SHOWN_OTHERWISE


STATIC = ROOT / "marketplace" / "static" / "marketplace"
SHEETS = [*STATIC.glob("*.css"), ROOT / "site" / "website" / "static" / "website" / "skin.css"]
VALUES = {"tokens.css", "elder.css"}  # where colours are decided
PAPER = {"print.css", "backoffice.css"}  # black on white; and the screens within Wagtail's own look


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_token_that_is_read_is_decided_in_the_one_place(sheet: Path) -> None:
    decided = set(re.findall(r"(--[\w-]+):", (STATIC / "tokens.css").read_text()))
    own = set(re.findall(r"(--[\w-]+):", sheet.read_text()))  # a sheet's measures for its own parts
    read = {
        name for name in re.findall(r"var\((--[\w-]+)", sheet.read_text()) if not name.startswith("--w-")
    }  # Wagtail's
    assert read - own <= decided


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_sheet_has_a_colour_of_its_own(sheet: Path) -> None:
    if sheet.name not in VALUES | PAPER:
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)", sheet.read_text()) == []


def test_the_reference_names_every_sheet() -> None:
    """In the order in which they are linked; and no sheet that is not there."""
    text = (ROOT / "docs/reference/design.md").read_text()
    linked = re.findall(r"marketplace/(\w+\.css)", (TEMPLATES / "includes" / "styles.html").read_text())
    sheets = {path.name for path in (ROOT / "marketplace" / "static" / "marketplace").glob("*.css")}
    assert set(re.findall(r"`(\w+\.css)`", text)) == sheets
    assert re.findall(r"^\| `(\w+\.css)`", text, re.MULTILINE) == linked
