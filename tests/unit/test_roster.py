"""Real roster files, as offices keep them, and what they would do to a roll."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from marketplace.parties.imports import Change, OnRoll, RosterRow, Unreadable, plan, read_rows, tidy
from marketplace.parties.reasons import ROW, UNREADABLE

HEAD = ["姓名", "部门", "工号", "手机", "入会日期"]


def file_of(*rows: Sequence[Any], merged: Sequence[str] = ()) -> bytes:
    """A workbook with these rows and merged cells."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for block in merged:
        book.active.merge_cells(block)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(*rows: Sequence[Any], merged: Sequence[str] = (), limit: int = 100) -> list[RosterRow]:
    return read_rows(file_of(*rows, merged=merged), limit=limit)


def one(*cells: Any) -> RosterRow:
    """The only row below an ordinary head."""
    (found,) = read(HEAD, cells)
    return found


def test_a_plain_row_is_read_with_its_line() -> None:
    assert one("张三", "办公室", "A001", "13800000001", "2020-09-01") == RosterRow(
        2, "张三", "办公室", "A001", "13800000001", "2020-09-01"
    )


def test_full_width_digits_and_stray_spaces_are_met_with_sense() -> None:
    found = one("　张 三 ", " 办公 室 ", "Ａ００ １", "１３８ ００００-０００１", "２０２０年９月１日")
    assert found == RosterRow(2, "张三", "办公室", "A001", "13800000001", "2020-09-01")


def test_a_foreign_name_keeps_its_spaces() -> None:
    assert one("Anna  Maria Li", "", "", "").name == "Anna Maria Li"


def test_numbers_typed_as_numbers_stay_whole() -> None:
    found = one("张三", None, 7, 13800000001.0)
    assert (found.staff_number, found.phone) == ("7", "13800000001")


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        (datetime(2020, 9, 1, 8), "2020-09-01"),  # noqa: DTZ001  cells know no zone
        (date(2020, 9, 1), "2020-09-01"),
        ("2020/9/1", "2020-09-01"),
        ("2020.09", "2020-09-01"),
        ("20200901", "2020-09-01"),
        (20200901, "2020-09-01"),
        ("2020年", "2020-01-01"),
        ("", ""),
    ],
)
def test_a_day_is_read_however_it_was_written(typed: Any, read_as: str) -> None:
    assert (one("张三", "", "", "", typed).joined_on, one("张三", "", "", "", typed).problem) == (read_as, "")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["", "办公室", "A1", ""], "no_name"),
        (["张三", "", "", "见通讯录"], "phone"),
        (["张三", "", "", "123"], "phone"),
        (["张三", "", "", "", "2020-13-01"], "date"),
        (["张三", "", "", "", "去年"], "date"),
        (["张" * 61, "", "", ""], "too_long"),
        (["张三", "室" * 81, "", ""], "too_long"),
        (["张三", "", "9" * 31, ""], "too_long"),
        (["=B2", "办公室", "", ""], "formula"),
    ],
    ids=["no name", "phone in words", "phone too short", "no such month", "day in words", "long name",
         "long department", "long number", "formula"],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why(cells: list[Any], problem: str) -> None:
    assert one(*cells).problem == problem
    assert problem in ROW


def test_a_merged_title_stands_above_the_head() -> None:
    found = read(["晴禾联合工会会员名册（2026）"], [], HEAD, ["张三", "", "", ""], merged=["A1:E1"])
    assert [(row.line, row.name) for row in found] == [(4, "张三")]


def test_a_department_merged_over_several_people_is_everybodys() -> None:
    found = read(HEAD, ["张三", "财务科"], ["李四", None], ["王五", None], ["赵六", "办公室"], merged=["B2:B4"])
    assert [row.department for row in found] == ["财务科", "财务科", "财务科", "办公室"]


def test_a_head_with_marks_and_other_words_is_known() -> None:
    found = read(
        ["序号", " 姓 名 *", "所在部门", "手机号码（必填）", "职工号"], [1, "张三", "办公室", "13800000001", "A1"]
    )
    assert found == [RosterRow(2, "张三", "办公室", "A1", "13800000001")]


def test_an_english_head_is_known() -> None:
    head = ["Name", "Department", "Staff number", "Phone", "On the roll from"]
    assert read(head, ["Li", "Office", "A1", "", "2020-09-01"]) == [
        RosterRow(2, "Li", "Office", "A1", "", "2020-09-01")
    ]


def test_a_head_followed_by_a_remark_is_known() -> None:
    assert read(["姓名", "Phone required"], ["张三", "13800000001"])[0].phone == "13800000001"


def test_empty_rows_between_people_are_passed_over() -> None:
    found = read(HEAD, ["张三"], [], [None, "  ", "　"], ["李四"])
    assert [(row.line, row.name) for row in found] == [(2, "张三"), (5, "李四")]


def test_a_formula_with_its_stored_value_is_taken() -> None:
    """As Excel saves it: the formula beside the value it had."""
    content = file_of(HEAD, ['=LEFT("张三丰",2)', "办公室", "A1", ""])
    with ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start = sheet.index('<c r="A2"')
    end = sheet.index("</c>", start)
    cell = (
        sheet[start:end]
        .replace('<c r="A2"', '<c r="A2" t="str"')
        .replace("<v />", "<v>张三</v>")
        .replace("<v></v>", "<v>张三</v>")
        .replace("<v/>", "<v>张三</v>")
    )
    parts["xl/worksheets/sheet1.xml"] = (sheet[:start] + cell + sheet[end:]).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    (found,) = read_rows(buffer.getvalue(), limit=10)
    assert (found.name, found.problem) == ("张三", "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_xlsx"),
        ("姓名,部门\n张三,办公室\n".encode(), "not_xlsx"),
        (b"PK\x03\x04 broken", "not_xlsx"),
        (b"\xd0\xcf\x11\xe0 an old xls", "not_xlsx"),
        (file_of(["部门", "手机"], ["办公室", "1"]), "no_header"),
        (file_of(*[["说明"]] * 10, HEAD, ["张三"]), "no_header"),
        (file_of(HEAD), "no_rows"),
        (file_of(HEAD, [None], ["  "]), "no_rows"),
        (file_of(HEAD, *[[f"人{n}"] for n in range(101)]), "too_many_rows"),
    ],
    ids=["nothing", "csv", "broken zip", "xls", "no name column", "head too far down", "head only", "blank rows",
         "too long"],
)  # fmt: skip
def test_a_file_that_is_no_roster_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_rows(content, limit=100)
    assert caught.value.reason == reason
    assert reason in UNREADABLE


def test_a_file_at_its_limit_is_read() -> None:
    assert len(read(HEAD, *[[f"人{n}"] for n in range(100)], limit=100)) == 100


@pytest.mark.parametrize(("cell", "text"), [(None, ""), (7.0, "7"), (7.5, "7.5"), ("Ａ　Ｂ", "A B"), (0, "0")])
def test_a_cell_is_tidied_to_text(cell: Any, text: str) -> None:
    assert tidy(cell) == text


# What the rows would do.


def member(pk: int, name: str, number: str = "", **more: Any) -> OnRoll:
    values = {"department": "", "phone": "", "joined_on": "2020-01-01", "has_left": False, **more}
    return OnRoll(pk=pk, name=name, staff_number=number, **values)


def row(name: str, number: str = "", line: int = 2, **more: str) -> RosterRow:
    return RosterRow(line, name, staff_number=number, **more)


def outcomes(
    rows: list[RosterRow], roll: list[OnRoll], *, is_complete: bool = False
) -> list[tuple[str, int | None, str]]:
    return [
        (change.outcome, change.member_pk, change.problem)
        for change in plan(rows, roll, is_complete=is_complete).changes
    ]


def test_somebody_unknown_is_new_and_somebody_known_unchanged() -> None:
    assert outcomes([row("张三", "A1"), row("李四", "A2")], [member(1, "张三", "A1")]) == [
        ("unchanged", 1, ""),
        ("new", None, ""),
    ]


def test_a_change_names_what_was_and_what_will_be() -> None:
    made = plan([row("张三丰", "A1", department="财务")], [member(1, "张三", "A1")], is_complete=False)
    assert made.changes == (
        Change(
            "changed",
            row("张三丰", "A1", department="财务"),
            1,
            (("name", "张三", "张三丰"), ("department", "", "财务")),
        ),
    )


def test_an_empty_cell_changes_nothing() -> None:
    assert outcomes([row("张三", "A1")], [member(1, "张三", "A1", phone="13800000001", department="财务")]) == [
        ("unchanged", 1, "")
    ]


def test_the_same_name_twice_is_told_apart_by_staff_number() -> None:
    roll = [member(1, "云清和", "A1"), member(2, "云清和", "A2")]
    assert outcomes([row("云清和", "A2"), row("云清和", "A1")], roll) == [("unchanged", 2, ""), ("unchanged", 1, "")]


def test_the_same_name_twice_is_told_apart_by_phone() -> None:
    roll = [member(1, "云清和", phone="111111"), member(2, "云清和", phone="222222")]
    assert outcomes([row("云清和", phone="222222")], roll) == [("unchanged", 2, "")]


def test_a_name_that_several_have_is_ambiguous_without_more() -> None:
    roll = [member(1, "云清和", "A1"), member(2, "云清和", "A2")]
    assert outcomes([row("云清和")], roll) == [("refused", None, "ambiguous")]


def test_two_new_people_of_one_name_need_staff_numbers() -> None:
    assert outcomes([row("云清和"), row("云清和")], []) == [("new", None, ""), ("refused", None, "repeated")]
    assert outcomes([row("云清和", "A1"), row("云清和", "A2")], []) == [("new", None, ""), ("new", None, "")]


def test_two_new_people_of_one_name_and_different_phones_are_two() -> None:
    rows = [row("云清和", phone="111111"), row("云清和", phone="222222")]
    assert outcomes(rows, []) == [("new", None, ""), ("new", None, "")]


def test_one_person_twice_is_refused_the_second_time() -> None:
    assert outcomes([row("张三", "A1"), row("张三", "A1")], [member(1, "张三", "A1")]) == [
        ("unchanged", 1, ""),
        ("refused", 1, "repeated"),
    ]


def test_a_staff_number_given_later_finds_the_person_by_name_and_phone() -> None:
    assert outcomes([row("张三", "A1", phone="111111")], [member(1, "张三", phone="111111")]) == [("changed", 1, "")]


def test_the_same_name_with_another_phone_is_somebody_else() -> None:
    assert outcomes([row("张三", phone="222222")], [member(1, "张三", phone="111111")]) == [("new", None, "")]


def test_whoever_is_missing_has_left_only_when_the_file_is_complete() -> None:
    roll = [member(1, "张三", "A1"), member(2, "李四", "A2"), member(3, "王五", "A3", has_left=True)]
    assert outcomes([row("张三", "A1")], roll) == [("unchanged", 1, "")]
    assert outcomes([row("张三", "A1")], roll, is_complete=True) == [("unchanged", 1, ""), ("left", 2, "")]


def test_nobody_leaves_by_a_file_with_refused_rows() -> None:
    roll = [member(1, "张三", "A1"), member(2, "李四", "A2")]
    found = outcomes([row("张三", "A1", problem="phone")], roll, is_complete=True)
    assert found == [("refused", None, "phone")]


def test_somebody_who_had_left_comes_back() -> None:
    made = plan([row("张三", "A1")], [member(1, "张三", "A1", has_left=True)], is_complete=False)
    assert made.changes[0].outcome == "changed"
    assert made.changes[0].differences == (("on_roll", "no", "yes"),)


def test_the_digest_is_the_same_for_the_same_effect_only() -> None:
    rows, roll = [row("张三", "A1")], [member(1, "张三", "A1")]
    first = plan(rows, roll, is_complete=False)
    assert first.digest == plan(rows, roll, is_complete=False).digest
    assert first.digest != plan(rows, [member(2, "张三", "A1")], is_complete=False).digest
    assert first.digest != plan(rows, [*roll, member(2, "李四")], is_complete=True).digest
    assert first.counts == {"new": 0, "changed": 0, "unchanged": 1, "left": 0, "refused": 0}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 400])
def test_a_broken_file_is_refused_in_one_word(content: bytes) -> None:
    with pytest.raises(Unreadable, match="not_xlsx"):
        read_rows(content, limit=10)


def test_a_workbook_cut_off_in_its_sheet_is_refused() -> None:
    whole, cut = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["姓名"])
    book.active.append(["张三"])
    book.save(whole)
    with ZipFile(whole) as source, ZipFile(cut, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, body[: len(body) // 2] if "sheet1" in name else body)
    with pytest.raises(Unreadable, match="not_xlsx"):
        read_rows(cut.getvalue(), limit=10)


def test_a_day_beyond_all_calendars_is_no_day() -> None:
    assert read(["姓名", "入会日期"], ["张三", "9" * 20])[0].problem == "date"


def test_a_staff_number_comes_to_the_roll_once_whichever_row_brings_it() -> None:
    known = [OnRoll(1, "张三", "", "", "13800000001", "2020-01-01", False)]
    rows = read(["姓名", "工号", "手机"], ["张三", "A1", "13800000001"], ["李四", "A1", "13800000002"])
    assert [change.outcome for change in plan(rows, known, is_complete=False).changes] == ["changed", "refused"]
    rows = read(["姓名", "工号", "手机"], ["李四", "A1", "13800000002"], ["张三", "A1", "13800000001"])
    assert [change.outcome for change in plan(rows, known, is_complete=False).changes] == ["new", "refused"]
