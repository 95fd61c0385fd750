"""Private files in and out: an upload as the actions take it, and a stored file as it leaves, checked by the caller."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404

from ..payments.actions import Voucher


def voucher_of(upload: Any) -> Voucher | None:
    """An uploaded file as the actions take it."""
    return Voucher(upload.name, upload.read()) if upload else None


def private_file(stored: Any) -> FileResponse:
    """The file, shown and never run; 404 where there is none."""
    if not stored:
        raise Http404
    response = FileResponse(stored.open("rb"), as_attachment=False, filename=stored.name.rsplit("/", 1)[-1])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; object-src 'self'"
    return response
