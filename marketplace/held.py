"""How a form takes a private file, and holds it until all else is right. For every face."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .conf import setting_for
from .errors import FileUnfit
from .files import WHY, Kind, PrivateFile, allowed_endings, held_file, hold
from .uploads import Upload

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
