"""Whether the catalogues of texts are whole and fresh: asked by the tests, and by ``make lint`` as a command.

Needs gettext's ``xgettext`` only for the question whether the sources have texts
the catalogues do not know.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polib

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = [
    Path(folder) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    for folder in ("marketplace", "vendors", "site/website")
]
SOURCES = ("marketplace", "vendors", "site", "templates", "manage.py")
# Named (%(count)s, {name}) and plain (%s, %d) places; a doubled per cent sign is none.
PLACES = re.compile(r"(?<!%)(?:%%)*(%(?:\(\w+\))?[sd]|\{\w*\})")
Key = tuple[str, str, str]


def entries(path: Path) -> polib.POFile:
    """The catalogue at ``path`` below the root, without what was kept of earlier texts."""
    catalogue = polib.pofile(str(ROOT / path))
    catalogue[:] = [entry for entry in catalogue if not entry.obsolete]
    return catalogue


def short(entry: polib.POEntry) -> str:
    """Enough of a text to find it."""
    return repr(entry.msgid[:60])


def untranslated(path: Path) -> Iterator[str]:
    """Texts without a translation, and those whose translation was only guessed (fuzzy)."""
    for entry in entries(path):
        if entry.fuzzy:
            yield f"{path}: {short(entry)} is fuzzy"
        elif not entry.translated():
            yield f"{path}: {short(entry)} is not translated"


def places(text: str) -> list[str]:
    """What is filled into a text, sorted; a named place may be used twice, an unnamed one counts each time."""
    found = PLACES.findall(text)
    return sorted([place for place in found if len(place) == 2] + list({place for place in found if len(place) > 2}))


def misplaced(path: Path) -> Iterator[str]:
    """Translations that fill in something else than their text does."""
    for entry in entries(path):
        wanted = places(entry.msgid_plural or entry.msgid)
        for said in filter(None, [entry.msgstr, *entry.msgstr_plural.values()]):
            if places(said) != wanted:
                yield f"{path}: {short(entry)} fills in {wanted}, its translation {places(said)}"


def said(catalogue: polib.POFile | polib.MOFile) -> dict[Key, tuple[str, ...]]:
    """Every translation by its text."""
    return {
        key(entry): (entry.msgstr, *(text for _n, text in sorted(entry.msgstr_plural.items()))) for entry in catalogue
    }


def key(entry: polib.POEntry | polib.MOEntry) -> Key:
    """What makes a text this text: its context, itself, and its plural."""
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def uncompiled(path: Path) -> Iterator[str]:
    """Where the compiled catalogue, which the wheel carries, does not say what the readable one says."""
    compiled = (ROOT / path).with_suffix(".mo")
    if not compiled.exists():
        yield f"{path}: there is no {compiled.name} beside it; run `make messages`"
        return
    readable, binary = entries(path), polib.mofile(str(compiled))
    wanted = {place: text for place, text in said(readable).items() if any(text)}
    found = said(binary)
    for place in sorted(wanted.keys() | found.keys()):
        if wanted.get(place) != found.get(place):
            yield f"{compiled.relative_to(ROOT)}: {place[1][:60]!r} is not what {path.name} says; run `make messages`"


def copy_sources(folder: Path) -> None:
    """Everything that can say a text, copied into ``folder``."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.webp"))
        else:
            shutil.copy(source, folder / name)


def gathered() -> dict[Path, set[Key]]:
    """The texts of the sources as they are now, by catalogue, gathered in a copy of them."""
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_sources(copy)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "website.settings.test", "JIEDUI_VAR": str(copy / "var")}
        command = [sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-wrap"]
        subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
        return {path: {key(entry) for entry in polib.pofile(str(copy / path))} for path in CATALOGUES}


def stale() -> Iterator[str]:
    """Texts of the sources the catalogues do not hold, and texts they hold that no source says any more."""
    if shutil.which("xgettext") is None:
        yield "xgettext is missing, so the sources could not be read: please install gettext"
        return
    for path, now in gathered().items():
        kept = {key(entry) for entry in entries(path)}
        yield from (f"{path}: {text[:60]!r} is not there; run `make messages`" for _c, text, _p in sorted(now - kept))
        yield from (
            f"{path}: {text[:60]!r} is said nowhere; run `make messages`" for _c, text, _p in sorted(kept - now)
        )


CHECKS: dict[str, Callable[[Path], Iterator[str]]] = {
    "translated": untranslated,
    "filled in alike": misplaced,
    "compiled": uncompiled,
}


def problems() -> Iterator[str]:
    """Everything that is wrong, a line each."""
    for path in CATALOGUES:
        for check in CHECKS.values():
            yield from check(path)
    yield from stale()


if __name__ == "__main__":
    found = list(problems())
    for line in found:
        print(line, file=sys.stderr)
    sys.exit(bool(found))
