"""Whether every text is translated: gathers the source anew and compares. ``python -m tests.architecture.catalogues``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import polib

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = [
    ROOT / place / "locale/zh_Hans/LC_MESSAGES/django.po" for place in ("marketplace", "vendors", "site/website")
]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
IGNORED = [".venv*", "var", "tests", "screenshots", "docs"]


def problems(path: Path) -> Iterator[str]:
    """What is untranslated, fuzzy, or says other placeholders than its source; and a compiled file that is not current."""
    catalogue, name = polib.pofile(str(path)), path.relative_to(ROOT).parts[-5]
    for entry in catalogue:
        words = [entry.msgstr, *entry.msgstr_plural.values()]
        if entry.fuzzy or not any(words):
            yield f"{name}: not translated: {entry.msgid}"
        for text in filter(None, words):
            if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)):
                yield f"{name}: other placeholders: {entry.msgid}"
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    if texts(catalogue) != texts(compiled):
        yield f"{name}: the compiled file is older than the texts; run make messages"


def texts(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str, str], object]:
    """(context, source) → translation."""
    return {
        (entry.msgctxt or "", entry.msgid): entry.msgstr or tuple(entry.msgstr_plural.values()) for entry in catalogue
    }


def gathered() -> dict[Path, set[tuple[str, str]]]:
    """The (context, source) pairs that the source has now, by catalogue; no file is changed."""
    from django.core.management.commands.makemessages import Command

    command = Command()
    found: dict[Path, set[tuple[str, str]]] = {}

    def keep(potfile: str, locale: str) -> None:
        place = Path(potfile).parent / locale / "LC_MESSAGES" / "django.po"
        found[place.resolve()] = {(row.msgctxt or "", row.msgid) for row in polib.pofile(potfile)}

    command.write_po_file = keep
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        command.run_from_argv(
            ["manage.py", "makemessages", "--locale", "zh_Hans", "--verbosity", "0"]
            + [part for pattern in IGNORED for part in ("--ignore", pattern)]
        )
    finally:
        os.chdir(here)
    return found


def stale() -> Iterator[str]:
    """Texts of the source that the catalogues lack, and texts of the catalogues that the source no longer has."""
    now = gathered()
    for path in CATALOGUES:
        kept, name = set(texts(polib.pofile(str(path)))), path.relative_to(ROOT).parts[-5]
        yield from (f"{name}: not gathered: {text}" for _context, text in sorted(now[path] - kept))
        yield from (f"{name}: no longer in the source: {text}" for _context, text in sorted(kept - now[path]))


def main() -> int:
    """Print every problem; 1 when there is one."""
    sys.path.insert(0, str(ROOT / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "website.settings.dev")
    django.setup()
    found = [*stale(), *(line for path in CATALOGUES for line in problems(path))]
    for line in found:
        sys.stderr.write(f"{line}\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
