"""What stands on a page in the other language: Chinese on an English page, English on a Chinese one, data left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import CharField, TextField
from playwright.sync_api import Page

CHINESE = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z’']+")
# What to type, said in English with an example that is typed in Chinese; and what stands in the tests' own sheets.
EXAMPLES = ("中秋慰问品", "2.5 kg 箱", "箱, 袋, 罐", "家", "单位", "门卫室", "合计税额", "店", "茶")
# Names of things that are called the same in Chinese, and of keys and units.
NAMES = {
    "jiedui", "wagtail", "javascript", "stripe", "xlsx", "pdf", "csv", "zip", "png", "jpg", "jpeg", "webp", "qr", "kg", "english", "ctrl", "cmd", "alt", "esc", "shift",
    "sc", "px", "json", "webhook", "django", "id", "ip", "url", "html", "sf",
}  # fmt: skip
CODES = re.compile(
    r"\b[a-z]+(?:_[a-z]+)+\b|\b[A-Z]{1,3}-[A-Z0-9][A-Z0-9-]*|\b(?:https?://|/)[^\s]+|\b[0-9a-f]{12,}\b|\b[0-9A-Z]{10,}\b"
)
# Every word of the page, those for screen readers and in empty fields too; not the switch to the other language.
WORDS = """other => {
    const body = document.body.cloneNode(true);
    body.querySelectorAll(`script, style, template, noscript, svg, [lang=${other}]`).forEach(node => node.remove());
    // What Wagtail itself writes in English, or in the language the server started with, whoever reads.
    body.querySelectorAll(".w-dismissible-badge, .xdsoft_save_selected, a[href*='guide.wagtail.org'], a[href*='whats-new'], a[href*='/releases/']").forEach(node => node.remove());
    body.querySelector("#w-slim-header-buttons")?.removeAttribute("aria-label");
    const named = [...body.querySelectorAll("[aria-label], [placeholder], [alt], [title]")].flatMap(node =>
        ["aria-label", "placeholder", "alt", "title"].map(name => node.getAttribute(name) || ""));
    return [document.title, body.textContent, ...named].join("\\n");
}"""


def data(pattern: re.Pattern[str]) -> Iterator[str]:
    """Every text with such words that the two apps hold: names, titles, descriptions, reasons; no name of a choice."""
    for label in ("marketplace", "vendors"):
        for model in apps.get_app_config(label).get_models():
            texts = [field for field in model._meta.fields if isinstance(field, CharField | TextField)]
            names = [field.name for field in texts if not field.choices]
            for row in model._default_manager.values_list(*names) if names else []:
                yield from (value for value in row if isinstance(value, str) and pattern.search(value))


def chinese_words(page: Page) -> list[str]:
    """What stands on the page in Chinese and is neither data nor an example."""
    text = page.evaluate(WORDS, "zh-CN")
    for value in sorted({*data(CHINESE), *EXAMPLES}, key=len, reverse=True):
        text = text.replace(value, "")
    return CHINESE.findall(text)


def english_words(page: Page) -> list[str]:
    """What stands on the page in English and is neither data, a name, a code nor somebody's account."""
    text = page.evaluate(WORDS, "en")
    for value in sorted(data(LATIN), key=len, reverse=True):
        if len(value) > 3:
            text = text.replace(value, " ")
    known = {
        *NAMES,
        *(word.lower() for name in User.objects.values_list("username", flat=True) for word in LATIN.findall(name)),
    }
    return [word for word in LATIN.findall(CODES.sub(" ", text)) if word.lower() not in known]
