"""What uploaded files really are: real ones are kept clean, hostile ones are named for what they are."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from marketplace.masking import masked_address, masked_name, masked_phone
from marketplace.uploads import LONGEST_EDGE, SCANS, XLSX, Unfit, examine, tidy_name
from tests.factories import files

MEBIBYTE = 1024 * 1024
EVERYTHING = SCANS | {XLSX}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_a_photograph_is_turned_made_smaller_and_loses_place_device_and_comment() -> None:
    content = files.photo_from_a_phone()
    with Image.open(io.BytesIO(content)) as before:
        assert before.getexif().get_ifd(files.GPS)
    found = examine(content, allowed=SCANS, most_bytes=15 * MEBIBYTE)
    with Image.open(io.BytesIO(found.content)) as after:
        assert after.size == (LONGEST_EDGE // 2, LONGEST_EDGE)
        assert dict(after.getexif()) == {}
        assert "comment" not in after.info
        assert "exif" not in after.info
    assert b"Phone Model" not in found.content
    assert found.digest == hashlib.sha256(found.content).hexdigest()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_pictures_keep_their_type(kind: str) -> None:
    found = examine(files.picture(kind), allowed=SCANS, most_bytes=MEBIBYTE)
    with Image.open(io.BytesIO(found.content)) as after:
        assert (found.kind, after.format, after.size) == (kind, kind.upper(), (60, 40))


def test_what_is_glued_behind_a_picture_is_gone() -> None:
    found = examine(files.picture("png") + HTML, allowed=SCANS, most_bytes=MEBIBYTE)
    assert b"script" not in found.content


def test_a_transparent_picture_stays_transparent() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (9, 9), (10, 20, 30, 40)).save(buffer, "PNG")
    found = examine(buffer.getvalue(), allowed=SCANS, most_bytes=MEBIBYTE)
    with Image.open(io.BytesIO(found.content)) as after:
        assert after.getpixel((4, 4)) == (10, 20, 30, 40)


def test_a_pdf_is_kept_as_it_is_and_its_attachments_are_said() -> None:
    plain, with_more = files.pdf(), files.pdf(attachment=b"<xbrl/>")
    assert examine(plain, allowed=SCANS, most_bytes=MEBIBYTE).content == plain
    assert not examine(plain, allowed=SCANS, most_bytes=MEBIBYTE).has_attachments
    assert examine(with_more, allowed=SCANS, most_bytes=MEBIBYTE).has_attachments


def test_a_workbook_is_kept_as_it_is() -> None:
    content = files.workbook(["姓名"], ["张三"])
    assert examine(content, allowed=frozenset({XLSX}), most_bytes=MEBIBYTE).content == content


HOSTILE = {
    "nothing at all": (b"", "empty"),
    "a page named .pdf": (HTML, "unknown_type"),
    "a drawing with a script": (SVG, "unknown_type"),
    "a program": (b"MZ\x90\x00" + b"\x00" * 60, "unknown_type"),
    "a page behind two bytes": (b"\xff\xd8" + HTML, "unknown_type"),
    "a picture cut off": (files.photo_from_a_phone()[:4000], "damaged"),
    "only the first bytes of a picture": (b"\xff\xd8\xff" + HTML, "damaged"),
    "a picture of 900 million pixels": (files.bomb_png(), "too_many_pixels"),
    "only the first bytes of a PDF": (b"%PDF-1.4 x", "damaged"),
    "a PDF without a page": (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "damaged"),
    "a PDF locked with a password": (files.pdf(password="secret"), "damaged"),
    "a PDF with a script": (files.pdf(script="app.alert(1)"), "scripts"),
    "a PDF with a script in a packed stream": (files.pdf_with_a_hidden_script(), "scripts"),
    "a PDF with a page behind its end": (files.pdf() + HTML, "two_in_one"),
    "a PDF that is a ZIP as well": (files.pdf()[:-6] + b"PK\x05\x06" + b"\x00" * 18 + b"\n%%EOF\n", "two_in_one"),
    "a ZIP that is no workbook": (files.repacked(files.workbook(), {})[:0] + b"PK\x03\x04 broken", "damaged"),
    "a workbook with macros": (files.repacked(files.workbook(), {"xl/vbaProject.bin": b"x"}), "macros"),
    "a workbook that unpacks to 100 MB": (files.zip_bomb_workbook(), "unpacks"),
    "a workbook that lies about its size": (files.workbook_that_lies(), "damaged"),
    "a workbook of ten thousand parts": (
        files.repacked(files.workbook(), {f"xl/{n}": b"" for n in range(2500)}),
        "unpacks",
    ),
    "too many bytes": (b"\xff\xd8\xff" + b"\x00" * (2 * MEBIBYTE), "too_large"),
}


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_file_is_refused_for_what_it_is(content: bytes, reason: str) -> None:
    with pytest.raises(Unfit) as refusal:
        examine(content, allowed=EVERYTHING, most_bytes=2 * MEBIBYTE)
    assert refusal.value.reason == reason


def test_the_hidden_script_stands_nowhere_in_the_bytes() -> None:
    assert b"JavaScript" not in files.pdf_with_a_hidden_script()


def test_a_type_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(Unfit, match="wrong_type"):
        examine(files.workbook(), allowed=SCANS, most_bytes=MEBIBYTE)
    with pytest.raises(Unfit, match="wrong_type"):
        examine(files.picture("png"), allowed=frozenset({XLSX}), most_bytes=MEBIBYTE)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("银行回单 11月.PDF", "银行回单 11月.PDF"),
        ("C:\\我的文档\\回单.pdf", "回单.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("回单\u202efdp.exe", "回单fdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie- x.pdf"),
        ("", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_lose_folders_and_tricks_and_get_the_ending_of_their_type(given: str, kept: str) -> None:
    assert tidy_name(given, "pdf") == kept


def test_people_are_masked_in_one_way() -> None:
    assert [masked_name(name) for name in ("王小明", "王", "欧阳修文", "")] == ["王**", "王*", "欧***", ""]
    numbers = ("13812345678", "138 1234 5678", "65021", "")
    assert [masked_phone(number) for number in numbers] == ["138****5678", "138****5678", "****21", ""]
    assert masked_address("宣城市宣州区锦城路1号3幢") == "宣城市宣州区****"
