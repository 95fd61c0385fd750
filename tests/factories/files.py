"""Real files as people upload them, and as somebody would who means harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

GPS = 0x8825


def photo_from_a_phone() -> bytes:
    """A JPEG lying on its side, with the device, the place and a thumbnail comment in it."""
    picture = Image.effect_noise((3000, 1500), 20).convert("RGB")
    exif = picture.getexif()
    exif[0x0110] = "Phone Model 15"
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 56.0, 12.0), 3: "E", 4: (118.0, 44.0, 55.0)})
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, comment=b"taken at home")
    return buffer.getvalue()


def picture(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    """A small plain picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "#2f6f4f").save(buffer, kind)
    return buffer.getvalue()


def bomb_png() -> bytes:
    """A few kilobytes that say they are 30,000 × 30,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * (3751 * 3000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(*, script: str = "", attachment: bytes = b"", password: str = "") -> bytes:
    """One empty page, with what is asked for in it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject(key): value for key, value in action.items()}
        )
    if attachment:
        writer.add_attachment("receipt.xbrl", attachment)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pdf_with_a_hidden_script() -> bytes:
    """A script inside a compressed object stream: none of its words stands in the file."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
    }
    places, body = b"", b""
    for number, text in objects.items():
        places += b"%d %d " % (number, len(body))
        body += text + b" "
    packed = zlib.compress(places + body)
    out = b"%PDF-1.5\n"
    stream_at = len(out)
    out += b"4 0 obj << /Type /ObjStm /N 3 /First %d /Length %d /Filter /FlateDecode >> stream\n" % (
        len(places),
        len(packed),
    )
    out += packed + b"\nendstream endobj\n"
    table_at = len(out)
    rows = [(0, 0, 255), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    out += b"5 0 obj << /Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Length %d >> stream\n" % len(table)
    return out + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def workbook(*rows: list[object]) -> bytes:
    """A plain workbook."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, extra: dict[str, bytes]) -> bytes:
    """A workbook with other parts in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, old.read(part))
        for name, body in extra.items():
            new.writestr(name, body)
    return buffer.getvalue()


def zip_bomb_workbook() -> bytes:
    """A workbook of a hundred kilobytes that unpacks to a hundred megabytes."""
    return repacked(workbook(["姓名"]), {"xl/media/image1.bin": b"\x00" * (100 * 1024 * 1024)})


def workbook_that_lies() -> bytes:
    """A zip bomb whose directory says that it is small."""
    content = zip_bomb_workbook()
    return content.replace(struct.pack("<I", 100 * 1024 * 1024), struct.pack("<I", 1000))
