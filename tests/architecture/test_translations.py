"""The interface is complete in Chinese: every text translated, filled in alike, compiled and still said."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from wagtail.users.models import UserProfile

from marketplace.backoffice.groundwork import GroundworkGroup
from marketplace.errors import Failed, Refused
from tests.architecture import catalogues
from tests.architecture.catalogues import CATALOGUES, CHECKS, ROOT
from vendors.backoffice import VendorSeatViewSet


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[0])
@pytest.mark.parametrize("check", CHECKS)
def test_a_catalogue_is_whole(path: Path, check: str) -> None:
    assert list(CHECKS[check](path)) == []


def test_no_text_has_two_translations() -> None:
    """Django lays the catalogues on top of each other: the second translation would be read in the first one's place."""
    found: dict[catalogues.Key, dict[str, str]] = {}
    for path in CATALOGUES:
        for key, texts in catalogues.said(catalogues.entries(path)).items():
            found.setdefault(key, {})["".join(texts)] = path.parts[0]
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.slow
def test_the_catalogues_hold_what_the_sources_say() -> None:
    assert list(catalogues.stale()) == []


def test_every_catalogue_of_the_house_is_asked() -> None:
    parts = ("marketplace", "vendors", "site")
    found = {path.relative_to(ROOT) for part in parts for path in (ROOT / part).rglob("*.po")}
    assert found == set(CATALOGUES)


def refusals(kind: type[Exception]) -> list[type[Exception]]:
    """A kind of refusal with all its kinds."""
    return [kind, *(one for below in kind.__subclasses__() for one in refusals(below))]


@pytest.mark.parametrize("kind", [*refusals(Refused), *refusals(Failed)], ids=lambda kind: kind.__name__)
def test_every_refusal_says_its_sentence_in_chinese(kind: type[Refused]) -> None:
    with translation.override("en"):
        english = str(kind.sentence)
    with translation.override("zh-hans"):
        chinese = str(kind.sentence)
    assert chinese != english
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
    assert catalogues.places(chinese) == catalogues.places(english)


def test_the_languages_offered_are_the_ones_there_are() -> None:
    assert [code for code, _name in settings.LANGUAGES] == ["zh-hans", "en"]
    with translation.override("zh-hans"):
        assert gettext("Catalogue") != "Catalogue"


# The checks notice what they are for.


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of one's own to spoil, and where it lies below the root."""
    path = CATALOGUES[1]
    (tmp_path / path).parent.mkdir(parents=True)
    for suffix in (".po", ".mo"):
        shutil.copy((ROOT / path).with_suffix(suffix), (tmp_path / path).with_suffix(suffix))
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    return path


def spoil(house: Path, **changed: object) -> None:
    """Change the first text of the catalogue that fills something in."""
    catalogue = polib.pofile(str(catalogues.ROOT / house))
    entry = next(entry for entry in catalogue if catalogues.places(entry.msgid) and not entry.msgid_plural)
    for name, value in changed.items():
        setattr(entry, name, value)
    catalogue.save()


@pytest.mark.parametrize(
    ("check", "changed", "said"),
    [
        ("translated", {"msgstr": ""}, "is not translated"),
        ("translated", {"flags": ["fuzzy"]}, "is fuzzy"),
        ("filled in alike", {"msgstr": "没有"}, "fills in"),
        ("compiled", {"msgstr": "别的"}, "run `make messages`"),
    ],
    ids=["empty", "fuzzy", "without its places", "not compiled"],
)
def test_a_spoilt_catalogue_is_noticed(house: Path, check: str, changed: dict[str, object], said: str) -> None:
    assert list(CHECKS[check](house)) == []
    spoil(house, **changed)
    (problem,) = CHECKS[check](house)
    assert said in problem


def test_a_missing_compiled_catalogue_is_noticed(house: Path) -> None:
    (catalogues.ROOT / house).with_suffix(".mo").unlink()
    (problem,) = catalogues.uncompiled(house)
    assert "there is no django.mo" in problem


@pytest.mark.slow
def test_a_text_nobody_gathered_and_one_nobody_says_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogues.copy_sources(tmp_path)
    source = tmp_path / "marketplace" / "errors.py"
    text = source.read_text(encoding="utf-8")
    assert "This cannot be done." in text
    source.write_text(text.replace("This cannot be done.", "Nobody gathered this."), encoding="utf-8")
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    found = list(catalogues.stale())
    assert len(found) == 2
    assert "'Nobody gathered this.' is not there" in found[0]
    assert "'This cannot be done.' is said nowhere" in found[1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%(a)s and %(a)s", ["%(a)s"]),
        ("%s and %s", ["%s", "%s"]),
        ("%(a)s and %(b)d", ["%(a)s", "%(b)d"]),
        ("100%% of %(a)s", ["%(a)s"]),
        ("{name}: %s", ["%s", "{name}"]),
        ("5 % off", []),
    ],
)
def test_what_is_filled_in_is_recognised(text: str, found: list[str]) -> None:
    assert catalogues.places(text) == found


@pytest.mark.django_db
def test_the_operators_lists_are_headed_in_chinese(admin_client: Client) -> None:
    admin_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    profile = UserProfile.get_for_user(User.objects.get(username="admin"))
    profile.preferred_language = "zh-hans"
    profile.save()
    for viewset in (*GroundworkGroup.items, VendorSeatViewSet("vendor_seat")):
        page = admin_client.get(reverse(f"{viewset.name}:add"), headers={"accept-language": "zh-hans"}).content.decode()
        labels = re.findall(r'<label[^>]*class="w-field__label"[^>]*>\s*([^<]*)', page)
        assert labels, viewset.name
        assert [label for label in labels if not any("\u4e00" <= one <= "\u9fff" for one in label)] == [], viewset.name
