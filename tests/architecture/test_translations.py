"""Chinese is complete: no text untranslated, uncertain, left out or uncompiled."""

from __future__ import annotations

import shutil
from pathlib import Path

import polib
import pytest

from tests.architecture.catalogues import CATALOGUES, problems, stale


def test_every_text_is_translated_and_compiled() -> None:
    assert [line for path in CATALOGUES for line in problems(path)] == []


def test_the_catalogues_hold_what_the_source_says() -> None:
    assert list(stale()) == []


@pytest.fixture
def spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a catalogue, to spoil."""
    monkeypatch.setattr("tests.architecture.catalogues.ROOT", tmp_path)
    copy = tmp_path / "app/locale/zh_Hans/LC_MESSAGES"
    shutil.copytree(CATALOGUES[1].parent, copy)
    return copy / "django.po"


def test_an_untranslated_an_uncertain_and_a_wrong_text_are_named(spoilt: Path) -> None:
    catalogue = polib.pofile(str(spoilt))
    plain = [entry for entry in catalogue if "%" not in entry.msgid]
    marked = next(entry for entry in catalogue if "%(" in entry.msgid)
    plain[0].msgstr = ""
    plain[1].flags.append("fuzzy")
    marked.msgstr = "没有占位符"
    catalogue.save()
    assert sorted(problems(spoilt)) == sorted(
        [
            f"app: not translated: {plain[0].msgid}",
            f"app: not translated: {plain[1].msgid}",
            f"app: other placeholders: {marked.msgid}",
            "app: the compiled file is older than the texts; run make messages",
        ]
    )
