"""Refusals about imports of listings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.errors import Refused


class SheetUnreadable(Refused):
    """Data: reason."""

    sentence = _("The file cannot be read: %(reason)s")


class ImportHasRefusedRows(Refused):
    """Data: count."""

    sentence = _(
        "%(count)s listings cannot be taken. Download the file with the problems, mend it and upload it again."
    )


class ImportMovedOn(Refused):
    sentence = _("Something has changed since this preview was made. Look through it once more, then confirm.")


class ImportApplied(Refused):
    sentence = _("This import was applied already.")


class NothingToImport(Refused):
    sentence = _("The sheet changes nothing: every listing in it is as it stands here.")


class PictureUnfit(Refused):
    """Data: name."""

    sentence = _("The picture “%(name)s” cannot be read. Nothing was imported: save it anew and upload the ZIP again.")


class UndoImpossible(Refused):
    """Data: titles (a readable list)."""

    sentence = _("The import cannot be undone as a whole any more, because of: %(titles)s. Nothing was changed.")


class ImportNotApplied(Refused):
    sentence = _("This import was never applied, or is undone already.")
