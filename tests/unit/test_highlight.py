"""Marks in a card: what was found is marked, and nothing that was escaped comes loose."""

from __future__ import annotations

import re

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from marketplace.storefront.highlight import highlighted, marked, pieces_of

CARD = '<article><h2 class="card-title"><a href="/c/茶/">{title}</a></h2><p class="card-meta">{line}</p><p>{foot}</p></article>'


def marks(text: str, *ways: str) -> str:
    return marked(text, pieces_of(ways))


@pytest.mark.parametrize(
    ("words", "text", "shown"),
    [
        ("兰花", "舒城小兰花 一级", "舒城小<mark>兰花</mark> 一级"),
        ("小兰花", "舒城小兰花", "舒城<mark>小兰花</mark>"),
        ("茶", "茶与茶", "<mark>茶</mark>与<mark>茶</mark>"),
        ("xlh", "舒城小兰花", "舒城<mark>小兰花</mark>"),
        ("lanhua", "舒城小兰花", "舒城小<mark>兰花</mark>"),
        ("TEA", "green ｔｅａ, teas", "green <mark>ｔｅａ</mark>, teas"),
        ("葛根", "舒城小兰花", "舒城小兰花"),
    ],
)
def test_what_finds_it_is_marked(words: str, text: str, shown: str) -> None:
    assert marks(text, words) == shown


def test_a_synonym_is_marked_where_it_stands() -> None:
    assert marks("冷榨茶油", "山茶油", "茶油") == "冷榨<mark>茶油</mark>"


def test_only_titles_and_lines_are_marked_and_no_address() -> None:
    card = CARD.format(title="白茶", line="春茶", foot="茶")
    assert highlighted(card, ["茶"]) == (
        '<article><h2 class="card-title"><a href="/c/茶/">白<mark>茶</mark></a></h2>'
        '<p class="card-meta">春<mark>茶</mark></p><p>茶</p></article>'
    )


@given(st.text(max_size=30), st.text(alphabet="ampltgqo茶花<>&\"'; xlh", max_size=8))
def test_without_its_marks_a_card_is_what_it_was(title: str, words: str) -> None:
    card = CARD.format(title=escape(title), line=escape(title), foot="")
    shown = highlighted(card, [words])
    assert re.sub(r"</?mark>", "", shown) == card
    assert shown.count("<mark>") == shown.count("</mark>")
