"""Whether an uploaded scan may be kept: PDF, JPEG or PNG by content, of a sensible size."""

from __future__ import annotations

from django.utils.translation import gettext

from ..conf import setting

SIGNATURES = {b"%PDF-": (".pdf",), b"\xff\xd8\xff": (".jpg", ".jpeg"), b"\x89PNG\r\n\x1a\n": (".png",)}


def voucher_problem(filename: str, content: bytes) -> str:
    """Why not, in words; '' when it may."""
    if len(content) > setting("VOUCHER_MAX_BYTES"):
        return gettext("the file is larger than %(size)s MB.") % {"size": setting("VOUCHER_MAX_BYTES") // 1024 // 1024}
    for signature, endings in SIGNATURES.items():
        if content.startswith(signature) and filename.lower().endswith(endings):
            return ""
    return gettext("it must be a PDF, JPEG or PNG file.")
