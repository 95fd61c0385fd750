"""The monthly register (台账): every completed line of the month in one sheet, in the form an office files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse

from ..impact.attribution import Way, way_of
from ..impact.elsewhere.models import ElsewhereLine
from ..impact.models import ImpactEntry, Measure
from ..money import Money, total
from ..orders.models import OrderLine
from ..payments.models import Fapiao
from ..sheets import workbook_response
from .scope import Scope, scope_for
from .totals import next_month

# The register is an official paper of the mainland: its headings stay Chinese in every language.
HEAD = [
    "序号", "完结日期", "采购单位", "单位类型", "资金来源", "用途", "活动", "方式", "渠道", "供应商", "产地乡镇", "产地", "品类", "商品",
    "规格", "数量", "单位", "单价（元）", "金额（元）", "订单号", "账单号", "外部单号", "发票号码", "事由",
]  # fmt: skip
SUMS = {Way.PLATFORM: "其中：本平台直接采购", Way.ELSEWHERE: "其中：平台外直接采购", Way.HELPED: "其中：帮助销售"}


def register(request: HttpRequest, month: str) -> HttpResponse:
    """The register of one month (``2026-11``) as XLSX, with its sum and what it consists of in the last rows."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as problem:
        raise Http404 from problem
    entries = list(register_entries(scope_for(request), first))
    rows = [*_rows(entries), *_sums(entries)]
    title = f"消费帮扶采购台账 {first:%Y年%m月}"
    return workbook_response(f"{title}.xlsx", f"{first:%Y-%m}", HEAD, rows, above=[title])


def register_entries(scope: Scope, month: date) -> Any:
    """The completed entries of one month, as the register lists them."""
    until = next_month(month)
    return (
        scope.entries(ImpactEntry.objects.filter(measure=Measure.COMPLETED, posted_on__gte=month, posted_on__lt=until))
        .select_related(
            "line__order__requisition__invoice",
            "elsewhere_line__purchase",
            "elsewhere_line__category",
            "organisation",
            "vendor",
            "campaign",
        )
        .annotate(
            fapiao_number=Subquery(
                Fapiao.objects.standing().filter(order=OuterRef("line__order_id")).values("number")[:1]
            )
        )
        .order_by("posted_on", "pk")
    )


def _sums(entries: list[ImpactEntry]) -> Iterator[list[Any]]:
    """The sum, and below it the ways of buying it consists of, where there is more than one."""
    by_way = {way: [entry.amount for entry in entries if way_of(entry.mode, entry.channel) == way] for way in SUMS}
    yield _sum("合计", [entry.amount for entry in entries])
    if any(by_way[way] for way in (Way.ELSEWHERE, Way.HELPED)):
        yield from (_sum(word, by_way[way]) for way, word in SUMS.items())


def _sum(word: str, amounts: list[Money]) -> list[Any]:
    place = HEAD.index("金额（元）")
    return ["", "", word, *[""] * (place - 3), total(amounts), *[""] * (len(HEAD) - place - 1)]


def _rows(entries: list[ImpactEntry]) -> Iterator[list[Any]]:
    for number, entry in enumerate(entries, 1):
        kind, campaign = entry.organisation.get_kind_display(), entry.campaign.name if entry.campaign else ""
        way = [entry.get_mode_display(), entry.get_channel_display()]
        if entry.elsewhere_line:
            yield [number, entry.posted_on, *_elsewhere(entry, entry.elsewhere_line, kind, campaign, way)]
        elif entry.line:
            yield [number, entry.posted_on, *_ordered(entry, entry.line, kind, campaign, way)]


def _ordered(entry: ImpactEntry, line: OrderLine, kind: str, campaign: str, way: list[str]) -> list[Any]:
    order = line.order
    return [
        order.buyer_name, kind, order.get_fund_source_display(), order.get_purpose_display(), campaign, *way,
        order.vendor_name, line.township_name, line.origin_name, line.category_name, line.title, line.pack_name,
        entry.quantity, line.unit, line.unit_price, entry.amount, order.reference, order.requisition.invoice.number, "",
        getattr(entry, "fapiao_number", "") or "", entry.get_reason_display(),
    ]  # fmt: skip


def _elsewhere(entry: ImpactEntry, line: ElsewhereLine, kind: str, campaign: str, way: list[str]) -> list[Any]:
    bought = line.purchase
    return [
        entry.organisation.name, kind, bought.get_fund_source_display(), bought.get_purpose_display(), campaign, *way,
        bought.seller_name, line.township_name, line.origin_name, line.category.name, line.what, "",
        entry.quantity or "", line.unit, "", entry.amount, bought.reference, "", bought.external_reference,
        bought.fapiao_number, entry.get_reason_display(),
    ]  # fmt: skip
