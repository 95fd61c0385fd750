"""Many listings at once: the template, one's own listings as a sheet, the upload, the preview, the confirmation and the undo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from marketplace.files import Kind
from marketplace.held import FormWithFiles, PrivateFileField
from marketplace.models import Vendor
from marketplace.parties.actions import office_day
from marketplace.sheets import file_response
from marketplace.workspace.answers import answer_form, attempt

from ..listing import importing, undoing, workbook
from ..listing.models import ListingImport
from ..listing.planning import import_plan
from ..people.selectors import vendors_of

PER_PAGE = 100


class ImportForm(FormWithFiles):
    """A sheet and the pictures it names."""

    sheet = PrivateFileField(kind=Kind.LISTINGS, label=gettext_lazy("Sheet (.xlsx)"))
    pictures = PrivateFileField(
        kind=Kind.PICTURES,
        label=gettext_lazy("Pictures (.zip)"),
        required=False,
        help_text=gettext_lazy("Only if the sheet names new pictures. Their names must be the ones in the sheet."),
    )


class ConfirmForm(forms.Form):
    """Exactly what was shown, and whether it is handed in at once."""

    digest = forms.CharField(widget=forms.HiddenInput)
    submit = forms.BooleanField(required=False)


def vendor_of(request: HttpRequest, slug: str) -> Vendor:
    """The vendor, for whoever acts for it and for the operator; 404 otherwise."""
    if request.user.is_superuser:
        return get_object_or_404(Vendor.objects.select_related("home"), slug=slug)
    found = next((row for row in vendors_of(request.user) if row.slug == slug), None)
    if found is None:
        raise Http404
    return found


@login_required
def import_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a sheet, and see earlier ones; nothing is written yet."""
    vendor = vendor_of(request, slug)
    form = ImportForm(request.POST or None, request.FILES or None, by=request.user)

    def again() -> HttpResponse:
        documents = vendor.listing_imports.select_related("uploaded_by")
        page = Paginator(documents, 20).get_page(request.GET.get("page"))
        return render(request, "vendors/import_list.html", {"vendor": vendor, "form": form, "page_obj": page})

    def step(cleaned: dict[str, Any]) -> ListingImport:
        return importing.upload_listings(
            vendor=vendor, sheet=cleaned["sheet"], pictures=cleaned["pictures"], by=request.user, at=timezone.now()
        )

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        step,
        done=_("The file was read. Nothing is changed yet: look at each listing, then confirm."),
        to=lambda made: reverse("vendors:import", args=[slug, made.pk]),
        again=again,
    )


def _document(request: HttpRequest, slug: str, pk: int) -> ListingImport:
    rows = ListingImport.objects.select_related("vendor__home", "applied_by", "undone_by", "pictures")
    found: ListingImport = get_object_or_404(rows, pk=pk, vendor=vendor_of(request, slug))
    return found


@login_required
def import_preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One sheet listing by listing; POST writes exactly what was shown."""
    document, at = _document(request, slug, pk), timezone.now()
    if request.method == "POST":
        form = ConfirmForm(request.POST)
        chosen = form.cleaned_data if form.is_valid() else {"digest": "", "submit": False}
        return attempt(
            request,
            lambda: importing.apply_import(document=document, by=request.user, at=at, **chosen),
            done=_(
                "The import is done. It can be undone until an officer has answered or somebody has changed something."
            ),
            to=request.path,
        )
    plan = import_plan(document, at=at) if document.applied_at is None else None
    show = request.GET.get("show", "")
    rows = (plan.of(show) if show in plan.counts else plan.listings) if plan else []
    context = {
        "vendor": document.vendor,
        "document": document,
        "plan": plan,
        "show": show,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "in_the_way": undoing.in_the_way(document) if document.applied_at and not document.undone_at else [],
    }
    return render(request, "vendors/import_preview.html", context)


@login_required
@require_POST
def undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a whole import back."""
    document = _document(request, slug, pk)
    to = reverse("vendors:import", args=[slug, pk])
    return attempt(
        request,
        lambda: undoing.undo_import(document=document, by=request.user, at=timezone.now()),
        done=_("The import is undone: everything is as it was before."),
        to=to,
    )


@login_required
def problems(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The uploaded sheet with a column of problems."""
    document = _document(request, slug, pk)
    if document.applied_at is not None:
        raise Http404
    plan = import_plan(document, at=timezone.now())
    return file_response("商品导入问题.xlsx", workbook.with_problems(plan))


@login_required
def template(request: HttpRequest, slug: str) -> HttpResponse:
    """The form to fill in."""
    vendor = vendor_of(request, slug)
    return file_response("商品导入模板.xlsx", workbook.template(vendor, office_day(timezone.now())))


@login_required
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own listings in the form of the template."""
    vendor = vendor_of(request, slug)
    return file_response(f"{vendor.name}商品.xlsx", workbook.export(vendor, office_day(timezone.now())))
