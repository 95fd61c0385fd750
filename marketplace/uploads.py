"""What an uploaded file really is, by its content alone; pictures are drawn anew, so that nothing hidden travels with them.

Pure. A name proves nothing: whatever is not a whole PDF, JPEG, PNG, WebP or XLSX is ``Unfit``, with a code for why.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

PDF, JPEG, PNG, WEBP, XLSX, ZIP = "pdf", "jpeg", "png", "webp", "xlsx", "zip"
PICTURES = frozenset({JPEG, PNG, WEBP})
SCANS = PICTURES | {PDF}
CONTENT_TYPES = {
    PDF: "application/pdf",
    JPEG: "image/jpeg",
    PNG: "image/png",
    WEBP: "image/webp",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ZIP: "application/zip",
}
ENDINGS = {PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), XLSX: (".xlsx",), ZIP: (".zip",)}

LONGEST_EDGE = 2400  # pixels: a page of A4 stays readable
MOST_PIXELS = 60_000_000
MOST_UNPACKED = 64 * 1024 * 1024  # bytes of a workbook once unpacked
MOST_PARTS = 2000  # files inside a workbook
MOST_OBJECTS = 20_000  # objects inside a PDF
SCRIPTS = {"/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA"}
ATTACHMENTS = {"/EmbeddedFiles", "/EmbeddedFile", "/EF"}
# What the libraries say of files that are damaged or made to do harm.
DAMAGED_PICTURE = (OSError, ValueError, SyntaxError, EOFError, MemoryError)
DAMAGED_PDF = (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
DAMAGED_ZIP = (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError)


class Unfit(ValueError):
    """``reason``: empty, too_large, unknown_type, wrong_type, damaged, too_many_pixels, scripts, macros, unpacks, not_pictures, two_in_one."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody chose it: the name on their device, and its bytes."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """What may be kept: the type, the bytes (a picture's drawn anew), and whether other files are packed inside."""

    kind: str
    content: bytes
    has_attachments: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of what is kept."""
        return hashlib.sha256(self.content).hexdigest()


def examine(content: bytes, *, allowed: frozenset[str], most_bytes: int) -> Examined:
    """The file as it may be kept, or ``Unfit``."""
    if not content:
        raise Unfit("empty")
    if len(content) > most_bytes:
        raise Unfit("too_large")
    kind = sniff(content)
    if kind == XLSX and ZIP in allowed:  # one packing, two uses: what is asked for decides
        kind = ZIP
    if kind not in allowed:
        raise Unfit("wrong_type" if kind else "unknown_type")
    return READERS[kind](kind, content)


def sniff(content: bytes) -> str:
    """The type the first bytes say, or ''."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    return XLSX if content.startswith(b"PK\x03\x04") else ""


def tidy_name(filename: str, kind: str) -> str:
    """The name it is kept and given back under: without folders and control characters, with the ending of its type."""
    name = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", filename)
    name = re.sub(r'[/\\:*?"<>|]', "-", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .-")
    if not name.lower().endswith(ENDINGS[kind]):
        name = f"{name.rsplit('.', 1)[0].strip(' .') or 'file'}{ENDINGS[kind][0]}"
    ending = name[name.rindex(".") :]
    return name[: 120 - len(ending)].removesuffix(ending) + ending


def _picture(kind: str, content: bytes) -> Examined:
    """Turned as its camera meant it, within ``LONGEST_EDGE``, and without place, device or anything else beside the pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Unfit("too_many_pixels")
            drawn = _plain(ImageOps.exif_transpose(found), kind)
    except Unfit:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
        raise Unfit("too_many_pixels") from problem
    except DAMAGED_PICTURE as problem:
        raise Unfit("damaged") from problem
    buffer = io.BytesIO()
    drawn.save(buffer, kind.upper(), **({} if kind == PNG else {"quality": 88}))
    return Examined(kind, buffer.getvalue())


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    """The pixels alone, small enough."""
    has_alpha = kind != JPEG and ("A" in picture.getbands() or "transparency" in picture.info)
    plain = picture.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    plain.info = {}
    return plain


def _pdf(kind: str, content: bytes) -> Examined:
    """Every object is looked at: nothing may run when it is opened. Attachments are said, for receipts of banks have them."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Unfit("damaged")
    if content[end + 5 :].strip(b"\r\n\t \x00") or b"PK\x05\x06" in content[-65_557:]:
        raise Unfit("two_in_one")
    try:
        names = set(_names(PdfReader(io.BytesIO(content))))
    except Unfit:
        raise
    except DAMAGED_PDF as problem:
        raise Unfit("damaged") from problem
    if names & SCRIPTS:
        raise Unfit("scripts")
    return Examined(kind, content, has_attachments=bool(names & ATTACHMENTS))


def _names(reader: PdfReader) -> Iterator[str]:
    """All keys, and names as values, of all objects of the document."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unfit("damaged")
    if not reader.pages:
        raise Unfit("damaged")
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            if len(seen) > MOST_OBJECTS:
                raise Unfit("damaged")
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield from map(str, found)
            waiting.extend(found.raw_get(key) for key in found)
        elif isinstance(found, ArrayObject):
            waiting.extend(list.__iter__(found))
        elif isinstance(found, str) and found.startswith("/"):
            yield str(found)


def _workbook(kind: str, content: bytes) -> Examined:
    """A workbook without macros that does not unpack to more than an office needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unfit("unpacks")
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                raise Unfit("unknown_type")
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".html")) for name in names):
                raise Unfit("macros")
            _unpack(packed, parts)
    except Unfit:
        raise
    except DAMAGED_ZIP as problem:
        raise Unfit("damaged") from problem
    return Examined(kind, content)


def _unpack(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """What the parts say of their size may be a lie: count what comes out, and check the sums."""
    left = MOST_UNPACKED
    for part in parts:
        with packed.open(part) as stream:
            while chunk := stream.read(1024 * 1024):
                left -= len(chunk)
                if left < 0:
                    raise Unfit("unpacks")


PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
MOST_PICTURES_UNPACKED = 200 * 1024 * 1024


def _pictures(kind: str, content: bytes) -> Examined:
    """A ZIP of pictures and nothing else; each is drawn anew when it is taken out (``unpacked``)."""
    try:
        names = picture_names(content)
    except DAMAGED_ZIP as problem:
        raise Unfit("damaged") from problem
    if not names:
        raise Unfit("empty")
    return Examined(kind, content)


def _picture_parts(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    parts = [part for part in packed.infolist() if not part.is_dir()]
    found: dict[str, zipfile.ZipInfo] = {}
    if len(parts) > 2 * MOST_PARTS or sum(part.file_size for part in parts) > MOST_PICTURES_UNPACKED:
        raise Unfit("unpacks")
    for part in parts:
        folder, _slash, name = _readable(part).replace("\\", "/").rpartition("/")
        if name.startswith(".") or "__MACOSX" in folder or name in ("Thumbs.db", "desktop.ini"):
            continue  # what computers leave in folders by themselves
        if not name.lower().endswith(PICTURE_ENDINGS):
            raise Unfit("not_pictures")
        found[name.casefold()] = part
    return found


def _readable(part: zipfile.ZipInfo) -> str:
    """A name that Windows wrote in Chinese without saying so (flag 11 is not set) is GBK and not the library's cp437."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return part.filename


def picture_names(content: bytes) -> list[str]:
    """The names of the pictures in a ZIP, without folders and in small letters."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return sorted(_picture_parts(packed))


def unpacked(content: bytes, wanted: set[str], *, most_bytes: int) -> Iterator[tuple[str, Examined]]:
    """The wanted pictures (names in small letters), each drawn anew; ``Unfit`` at the first that is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name, part in _picture_parts(packed).items():
            if name in wanted:
                with packed.open(part) as stream:
                    yield name, examine(stream.read(most_bytes + 1), allowed=PICTURES, most_bytes=most_bytes)


READERS: dict[str, Callable[[str, bytes], Examined]] = {
    PDF: _pdf,
    JPEG: _picture,
    PNG: _picture,
    WEBP: _picture,
    XLSX: _workbook,
    ZIP: _pictures,
}
