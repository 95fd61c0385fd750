"""Private files: the one view that gives one out, and which documents they belong to. Forms take them by ``held``."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from ..catalogue.selectors import delisting_evidence_is_shown
from ..files import Kind, PrivateFile, add_guard, may_see
from ..fulfilment.models import Cancellation, GoodsReceipt, GoodsReturn, SignedSheet
from ..impact.elsewhere.models import ElsewhereImport, ElsewhereVoucher
from ..impact.elsewhere.selectors import voucher_is_shown
from ..parties.models import BuyerOrganisation, PeopleList, RosterImport
from ..parties.selectors import roles_of
from ..payments.models import Payment
from ..ratings.selectors import rating_picture_is_shown
from ..uploads import PDF
from .access import note

FILE_LISTS = {  # opening one is noted
    Kind.ROSTER: PeopleList.ROSTER_FILE,
    Kind.SIGNED_SHEET: PeopleList.SIGNED_SHEET,
    Kind.REPORT_EVIDENCE: PeopleList.REPORTER,
}


@login_required
def private_file(request: HttpRequest, token: str) -> FileResponse:
    """The file, for whoever may see its document: shown and never run, kept in no cache; 404 for everybody else."""
    file = get_object_or_404(PrivateFile, token=token)
    if not may_see(request.user, file):
        raise Http404
    if file.kind in FILE_LISTS:
        note(
            request,
            FILE_LISTS[Kind(file.kind)],
            organisation=owner_of(file),
            rows=0,
            subject=file.name,
            is_export=True,
        )
    return answer_with(file)


def answer_with(file: PrivateFile) -> FileResponse:
    """The stored file as an answer; 404 where it was lost."""
    try:
        stream = file.stored.open("rb")
    except FileNotFoundError as problem:
        raise Http404 from problem
    response = FileResponse(stream, as_attachment=not file.is_shown, filename=file.name, content_type=file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    sandbox = "" if file.type == PDF else "sandbox; "  # browsers show no PDF inside a sandbox
    response["Content-Security-Policy"] = f"{sandbox}default-src 'none'; img-src 'self'; object-src 'self'"
    return response


# Which documents a kind of file belongs to: the model, its field, and the way to the organisation whose people see it.
DOCUMENTS: dict[str, tuple[tuple[Any, str, str], ...]] = {
    Kind.VOUCHER: (
        (Payment, "voucher", "invoice__organisation"),
        (ElsewhereVoucher, "file", "purchase__organisation"),
        (ElsewhereImport, "voucher", "organisation"),
    ),
    Kind.RECEIPT_PHOTO: ((GoodsReceipt, "photo", "consignment__order__organisation"),),
    Kind.EVIDENCE: (
        (Cancellation, "evidence", "order__organisation"),
        (GoodsReturn, "evidence", "order__organisation"),
    ),
    Kind.ROSTER: ((RosterImport, "file", "organisation"),),
    Kind.SIGNED_SHEET: ((SignedSheet, "file", "handout_list__group_order__organisation"),),
}


def owner_of(file: PrivateFile) -> BuyerOrganisation | None:
    """The buyer's organisation whose document has this file."""
    for model, field, way in DOCUMENTS.get(file.kind, ()):
        if pk := model.objects.filter(**{field: file}).values_list(way, flat=True).first():
            return BuyerOrganisation.objects.get(pk=pk)
    return None


def own_people_see(user: Any, file: PrivateFile) -> bool:
    """The people of the organisation whose document it is."""
    owner = owner_of(file)
    return owner is not None and bool(roles_of(user, owner))


def add_guards() -> None:
    """Called once when the app is ready."""
    for kind in DOCUMENTS:
        add_guard(kind, own_people_see)
    add_guard(Kind.VOUCHER, voucher_is_shown)
    add_guard(Kind.EVIDENCE, delisting_evidence_is_shown)
    add_guard(Kind.RATING_PICTURE, rating_picture_is_shown)
