"""Private files: the one way in (examined, random name, digest), the question of who may see them, and how they go again.

A file is *held* while its form is not yet right, *kept* once a document has it, and *removed* when its time is over.
Who may see it is asked of its document: each part registers a guard for its kinds. Imports no stage.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from .conf import setting, setting_for
from .errors import FileGone, FileUnfit
from .uploads import CONTENT_TYPES, ENDINGS, PICTURES, SCANS, XLSX, ZIP, Examined, Unfit, Upload, examine, tidy_name

ORPHAN = timedelta(days=1)
FOLDER = "files"
DAYS_LOOKED_BACK = 7  # by the clock, for files that no row knows of

WHY = {
    "empty": _("it is empty. Choose the file again."),
    "too_large": _("it is larger than allowed. Take the picture smaller, or scan with fewer dots per inch."),
    "unknown_type": _("its content is none of the types that are taken here, whatever its name says."),
    "wrong_type": _("files of this type are not taken here."),
    "damaged": _("it is damaged, incomplete or locked with a password. Open it, save it anew, and choose it again."),
    "too_many_pixels": _("the picture has too many pixels. Make it smaller and choose it again."),
    "scripts": _("it holds a program that would run when opened. Print it to a new PDF and choose that."),
    "macros": _("it holds macros or programs. Save it as a plain .xlsx workbook."),
    "unpacks": _("it unpacks to far more than it seems. Save it anew as a plain .xlsx workbook."),
    "not_pictures": _("it holds something else than JPEG, PNG or WebP pictures, or folders nobody can read."),
    "two_in_one": _("it holds a second file behind its end. Print it to a new PDF and choose that."),
}


class Kind(models.TextChoices):
    """What a private file is for; size and time are set by kind."""

    VOUCHER = "voucher", _("payment voucher")
    RECEIPT_PHOTO = "receipt_photo", _("photo of a receipt of goods")
    EVIDENCE = "evidence", _("evidence of a cancellation or return")
    ROSTER = "roster", _("member roster as uploaded")
    SIGNED_SHEET = "signed_sheet", _("signed hand-out list")
    LICENCE = "licence", _("vendor's licence")
    CERTIFICATE = "certificate", _("photograph of a certificate")
    PRICE_EVIDENCE = "price_evidence", _("evidence of a price")
    REPORT_EVIDENCE = "report_evidence", _("evidence of a report")
    RATING_PICTURE = "rating_picture", _("picture of a rating")
    LISTINGS = "listings", _("sheet of listings as uploaded")
    PICTURES = "pictures", _("pictures of listings as uploaded")


ALLOWED = {
    Kind.ROSTER: frozenset({XLSX}),
    Kind.CERTIFICATE: PICTURES,
    Kind.RATING_PICTURE: PICTURES,
    Kind.LISTINGS: frozenset({XLSX}),
    Kind.PICTURES: frozenset({ZIP}),
}


def private_storage() -> Storage:
    """Where files lie that only a checked view serves."""
    return storages[setting("PRIVATE_STORAGE")]


def fresh_token() -> str:
    """What stands in a file's address: 144 random bits."""
    return secrets.token_urlsafe(18)


def random_path(instance: PrivateFile, filename: str) -> str:
    """A folder for the day and a random name without an ending; what the file was called stands in its row."""
    day = instance.uploaded_at.astimezone(ZoneInfo(setting("TIME_ZONE")))
    return f"{FOLDER}/{day:%Y/%m/%d}/{secrets.token_hex(16)}"


class PrivateFileQuerySet(models.QuerySet["PrivateFile"]):
    def held(self) -> PrivateFileQuerySet:
        """Those that wait for their form."""
        return self.filter(kept_at=None, removed_at=None)

    def due(self, at: datetime) -> PrivateFileQuerySet:
        """Those whose time is over: held for a day, or kept as long as their kind is kept."""
        over = models.Q(kept_at=None, uploaded_at__lte=at - ORPHAN)
        for kind in Kind.values:
            over |= models.Q(kind=kind, kept_at__lte=at - timedelta(days=setting_for("FILE_DAYS", kind)))
        return self.filter(over, removed_at=None)


class PrivateFile(models.Model):
    """One uploaded file; the document that has it points here."""

    token = models.CharField(max_length=32, unique=True, default=fresh_token)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("file name"), max_length=120)
    type = models.CharField(_("type"), max_length=5)
    size = models.PositiveIntegerField(_("bytes"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    has_attachments = models.BooleanField(_("other files inside"), default=False)
    stored = models.FileField(storage=private_storage, upload_to=random_path, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField(_("kept since"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = PrivateFileQuerySet.as_manager()

    class Meta:
        app_label = "marketplace"
        verbose_name = _("private file")
        verbose_name_plural = _("private files")
        ordering = ["uploaded_at", "pk"]
        indexes = [models.Index(fields=["kind", "kept_at"], name="private_file_time")]

    def __str__(self) -> str:
        return self.name

    @property
    def content_type(self) -> str:
        """What its content is."""
        return CONTENT_TYPES[self.type]

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it; what packs other files inside, and a workbook, is downloaded."""
        return self.type in SCANS and not self.has_attachments

    @property
    def content(self) -> bytes:
        """Its bytes."""
        with self.stored.open("rb") as stream:
            return bytes(stream.read())


Given = Upload | PrivateFile | None


def allowed_types(kind: str) -> frozenset[str]:
    """The types taken for this kind."""
    return ALLOWED.get(Kind(kind), SCANS)


def allowed_endings(kind: str) -> str:
    """For a file chooser: the endings and types of this kind."""
    types = sorted(allowed_types(kind))
    return ",".join([ending for name in types for ending in ENDINGS[name]] + [CONTENT_TYPES[name] for name in types])


def keep(*, kind: str, upload: Given, by: Any, at: datetime) -> PrivateFile | None:
    """The file for a document, from an upload or one that was held; ``None`` for none. ``FileUnfit``, ``FileGone``."""
    if isinstance(upload, Upload):
        return _store(kind, upload, by, at, kept_at=at)
    if upload is None:
        return None
    held = PrivateFile.objects.held().filter(pk=upload.pk, kind=kind, uploaded_by=by)
    if not held.update(kept_at=at):
        raise FileGone()
    upload.kept_at = at
    return upload


def hold(*, kind: str, upload: Upload, by: Any, at: datetime) -> PrivateFile:
    """Examine and keep an upload until its form is right, at most for a day; nobody else sees it. ``FileUnfit``."""
    held = _store(kind, upload, by, at, kept_at=None)
    if by is None:  # visitors share no desk: none of them may push out another's, and a day ends them all
        return held
    rest = PrivateFile.objects.held().filter(uploaded_by=by).order_by("-uploaded_at", "-pk")
    for old in rest[setting("FILES_HELD") :]:
        discard(old)
    return held


def held_file(*, kind: str, token: str, by: Any) -> PrivateFile | None:
    """What this person chose before, if it still waits."""
    return PrivateFile.objects.held().filter(token=token, kind=kind, uploaded_by=by).first()


def _store(kind: str, upload: Upload, by: Any, at: datetime, kept_at: datetime | None) -> PrivateFile:
    found = _examined(kind, upload)
    file = PrivateFile(
        kind=kind,
        name=tidy_name(upload.filename, found.kind),
        type=found.kind,
        size=len(found.content),
        digest=found.digest,
        has_attachments=found.has_attachments,
        uploaded_at=at,
        uploaded_by=by,
        kept_at=kept_at,
    )
    file.stored.save("", ContentFile(found.content), save=False)
    file.save(force_insert=True)
    return file


def _examined(kind: str, upload: Upload) -> Examined:
    try:
        return examine(upload.content, allowed=allowed_types(kind), most_bytes=setting_for("FILE_MAX_BYTES", kind))
    except Unfit as problem:
        raise FileUnfit(name=upload.filename[:80], reason=WHY[problem.reason]) from problem


def release(file: PrivateFile | None) -> None:
    """A document lets go of its file: it is held again, and swept like what nobody claimed."""
    if file is not None:
        PrivateFile.objects.filter(pk=file.pk).update(kept_at=None)


def discard(file: PrivateFile) -> None:
    """Delete a held file, row and all; one that a document has taken up meanwhile stays."""
    deleted, _rows = PrivateFile.objects.held().filter(pk=file.pk).delete()
    if deleted:
        file.stored.delete(save=False)


def remove(file: PrivateFile, *, at: datetime) -> None:
    """Delete the content of a kept file whose time is over; the row stays and says when."""
    file.stored.delete(save=False)
    PrivateFile.objects.filter(pk=file.pk).update(stored="", removed_at=at)


Guard = Callable[[Any, PrivateFile], bool]
_guards: dict[str, list[Guard]] = defaultdict(list)


def add_guard(kind: str, guard: Guard) -> None:
    """Let ``guard(user, file)`` say whether somebody may see files of this kind; one yes is enough."""
    if guard not in _guards[kind]:
        _guards[kind].append(guard)


def may_see(user: Any, file: PrivateFile) -> bool:
    """Whether one of the file's documents is the reader's to see. Nobody sees what is held or removed."""
    if file.kept_at is None or file.removed_at is not None:
        return False
    return any(guard(user, file) for guard in _guards[file.kind])


def sweep(*, at: datetime, dry_run: bool = False, all_days: bool = False) -> Iterator[str]:
    """Delete what is over its time, and what no row knows of from the last days (or from all); names each."""
    for file in PrivateFile.objects.due(at).iterator(chunk_size=200):
        yield f"{file.get_kind_display()} · {file.name} · {file.uploaded_at:%Y-%m-%d}"
        if dry_run:
            continue
        if file.kept_at:
            remove(file, at=at)
        else:
            discard(file)
    for folder in _every_folder(FOLDER) if all_days else _recent_folders(at):
        yield from _strays(folder, at, dry_run)


def _recent_folders(at: datetime) -> list[str]:
    newest = (at - ORPHAN).astimezone(ZoneInfo(setting("TIME_ZONE"))).date()
    return [f"{FOLDER}/{newest - timedelta(days=back):%Y/%m/%d}" for back in range(DAYS_LOOKED_BACK)]


def _every_folder(folder: str) -> Iterator[str]:
    yield folder
    for name in _listed(folder)[0]:
        yield from _every_folder(f"{folder}/{name}")


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return private_storage().listdir(folder)
    except FileNotFoundError:
        return [], []


def _strays(folder: str, at: datetime, dry_run: bool) -> Iterator[str]:
    """Files in one folder that a step left behind when it was taken back."""
    storage = private_storage()
    paths = {f"{folder}/{name}" for name in _listed(folder)[1]}
    known = set(PrivateFile.objects.filter(stored__in=paths).values_list("stored", flat=True)) if paths else set()
    for path in sorted(paths - known):
        if storage.get_modified_time(path) <= at - ORPHAN:
            yield path
            if not dry_run:
                storage.delete(path)
