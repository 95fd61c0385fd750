"""How Chinese names are typed and heard."""

from __future__ import annotations

import pytest

from marketplace.catalogue.pinyin import sound, spelled, spellings, syllables


def test_a_name_is_found_by_its_syllables_by_parts_of_it_and_by_initials() -> None:
    found = spellings("小兰花")
    assert found == ["xiao", "xiaolan", "xl", "xiaolanhua", "xlh", "lan", "lanhua", "lh", "hua"]


def test_a_spelling_does_not_reach_over_what_is_not_chinese() -> None:
    assert "kgxiang" not in spellings("5kg箱")
    assert not any("huatehao" in spelling for spelling in spellings("兰花 特号"))


def test_a_phrase_is_read_as_a_phrase() -> None:
    assert syllables("重庆") == ("chong", "qing")
    assert syllables("银行") == ("yin", "hang")


def test_what_is_not_chinese_stays_as_it_is_typed() -> None:
    assert spelled("舒城小兰花 A1") == "shuchengxiaolanhua a1"


@pytest.mark.parametrize(
    ("wrong", "right"), [("小蓝花", "小兰花"), ("山查油", "山茶油"), ("您河", "林河"), ("张木桥", "脏母桥")]
)
def test_characters_that_people_mistake_sound_alike(wrong: str, right: str) -> None:
    assert sound(wrong) == sound(right) != ""


def test_other_names_do_not_sound_alike() -> None:
    assert sound("小兰花") != sound("小黄姜")
