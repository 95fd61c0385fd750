"""Many purchases made elsewhere at once: the template, the upload, the preview row by row, the confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue.models import Category
from ..impact.elsewhere import importing
from ..impact.elsewhere.forms import SheetForm
from ..impact.elsewhere.models import ElsewhereImport
from ..impact.elsewhere.selectors import origins_for
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation
from ..sheets import workbook_response
from ..uploads import Upload
from .access import own_organisation
from .answers import answer_form, attempt

HEAD = [
    "采购日期", "方式", "渠道", "卖方", "统一社会信用代码", "商品", "品类", "产地", "金额（元）", "数量", "单位", "用途", "资金来源",
    "活动", "外部单号", "发票号码", "实际购买人", "备注",
]  # fmt: skip
ABOVE = [
    "每行一种商品；外部单号相同的几行算作同一笔采购。数量、活动、单号、发票号码、备注可以不填；帮助销售要填实际购买人。",
]


@login_required
def sheet_upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a sheet; nothing is entered yet."""
    organisation = _organisation(request, slug)
    form = SheetForm(request.POST or None, request.FILES or None)

    def again() -> HttpResponse:
        sheets = organisation.elsewhere_imports.select_related("uploaded_by")[:10]
        context = {"organisation": organisation, "form": form, "sheets": sheets}
        return render(request, "marketplace/workspace/elsewhere_upload.html", context)

    def step(cleaned: dict[str, Any]) -> ElsewhereImport:
        return importing.upload_sheet(
            organisation=organisation,
            filename=cleaned["file"].name,
            content=cleaned["file"].read(),
            voucher=Upload(cleaned["voucher"].name, cleaned["voucher"].read()) if cleaned["voucher"] else None,
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        step,
        done=_("The file was read. Nothing is entered yet: look at each row, then confirm."),
        to=lambda made: reverse("marketplace:elsewhere_sheet", args=[slug, made.pk]),
        again=again,
    )


def _organisation(request: HttpRequest, slug: str) -> BuyerOrganisation:
    organisation = own_organisation(request, slug)
    if organisation.is_individual:
        raise Http404
    return organisation


@login_required
def sheet_template(request: HttpRequest, slug: str) -> HttpResponse:
    """The template office people fill in, with a row for each kind of purchase and the words it understands."""
    organisation = _organisation(request, slug)
    today = office_day(timezone.now())
    places, shelves = origins_for(organisation, today), list(Category.objects.filter(children=None))
    names = [f"{place.parent.name if place.parent else ''}{place.name}" for place in places if place.level == "village"]
    example, shelf = (names or [""])[0], (shelves[0].name if shelves else "")
    rows = [
        [today, "直接采购", "832平台", "示范合作社", "", "小兰花茶", shelf, example, 1200, 10, "盒", "节日慰问品", "工会经费", "", "示范单号1", "", "", ""],
        [today, "帮助销售", "线下", "示范农户", "", "土鸡蛋", shelf, example, 360, 12, "箱", "其他", "个人资金", "", "", "", "社区居民", ""],
    ]  # fmt: skip
    above = [
        *ABOVE,
        *importing.template_words(),
        f"品类：{'、'.join(row.name for row in shelves)}。",
        f"产地：{'、'.join(names)}；或只写乡镇。",
    ]
    return workbook_response("平台外采购模板.xlsx", "平台外采购", HEAD, rows, above=above)


@login_required
def sheet_preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Preview one sheet row by row; POST enters exactly what was shown."""
    organisation = _organisation(request, slug)
    sheet = get_object_or_404(ElsewhereImport.objects.select_related("organisation__region", "voucher"), pk=pk)
    if sheet.organisation_id != organisation.pk:
        raise Http404
    if request.method == "POST":
        return attempt(
            request,
            lambda: importing.apply_sheet(
                sheet=sheet, digest=request.POST.get("digest", ""), by=request.user, at=timezone.now()
            ),
            done=_("All purchases of the sheet are entered."),
            to=request.path,
        )
    plan = importing.sheet_plan(sheet, at=timezone.now()) if sheet.applied_at is None else None
    rows = plan.rows if plan else sheet.purchases.all()
    context = {
        "organisation": organisation,
        "sheet": sheet,
        "plan": plan,
        "page_obj": Paginator(rows, 200).get_page(request.GET.get("page")),
    }
    return render(request, "marketplace/workspace/elsewhere_sheet.html", context)
