"""Private files: how a form takes one and holds it until all else is right, and the one view that gives one out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..catalogue.selectors import delisting_evidence_is_shown
from ..conf import setting_for
from ..errors import FileUnfit
from ..files import WHY, Kind, PrivateFile, add_guard, allowed_endings, held_file, hold, may_see
from ..fulfilment.models import Cancellation, GoodsReceipt, GoodsReturn, SignedSheet
from ..impact.elsewhere.models import ElsewhereImport, ElsewhereVoucher
from ..impact.elsewhere.selectors import voucher_is_shown
from ..parties.models import BuyerOrganisation, PeopleList, RosterImport
from ..parties.selectors import roles_of
from ..payments.models import Payment
from ..uploads import PDF, Upload
from .access import note

FILE_LISTS = {Kind.ROSTER: PeopleList.ROSTER_FILE, Kind.SIGNED_SHEET: PeopleList.SIGNED_SHEET}  # opening one is noted
TOKEN = "-held"  # ends the name of the hidden input that stands for a file chosen before


class HeldFileInput(forms.FileInput):
    """A file chooser that shows which file is held from before, and sends its token along."""

    template_name = "marketplace/widgets/held_file.html"
    held: PrivateFile | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """A newly chosen file, else the token of the held one."""
        return super().value_from_datadict(data, files, name) or data.get(name + TOKEN) or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and name + TOKEN not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"held": self.held, "token_name": name + TOKEN}
        return context


class PrivateFileField(forms.FileField):
    """Cleans to a held ``PrivateFile``: examined at once, so that it need not be chosen again when something else is wrong."""

    widget: type[HeldFileInput] = HeldFileInput
    by: Any = None

    def __init__(self, *, kind: Kind, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = allowed_endings(kind)

    def clean(self, data: Any, initial: Any = None) -> PrivateFile | None:
        found = self._held(data) if data else None
        if found is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        self.widget.held = found
        return found

    def _held(self, data: Any) -> PrivateFile:
        if not isinstance(data, UploadedFile):
            found = held_file(kind=self.kind, token=str(data), by=self.by)
            if found is None:
                raise ValidationError(_("The file you chose before is no longer there. Choose it again."))
            return found
        name = data.name or ""
        if (data.size or 0) > setting_for("FILE_MAX_BYTES", self.kind):
            raise ValidationError(str(FileUnfit(name=name[:80], reason=WHY["too_large"])))
        try:
            return hold(kind=self.kind, upload=Upload(name, data.read()), by=self.by, at=timezone.now())
        except FileUnfit as refusal:
            raise ValidationError(str(refusal)) from refusal


class FormWithFiles(forms.Form):
    """A form whose files are held for the person who fills it in."""

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PrivateFileField):
                field.by = by


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
