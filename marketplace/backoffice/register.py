"""The monthly register (台账): every completed line of the month in one sheet, in the form an office files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from ..impact.models import ImpactEntry
from ..money import total
from ..sheets import workbook_response
from .dashboard import register_entries
from .scope import scope_for

# The register is an official paper of the mainland: its headings stay Chinese in every language.
HEAD = [
    "序号", "完结日期", "采购单位", "单位类型", "资金来源", "用途", "活动", "供应商", "产地乡镇", "产地", "品类", "商品", "规格",
    "数量", "单位", "单价（元）", "金额（元）", "订单号", "账单号", "发票号码", "事由",
]  # fmt: skip


def register(request: HttpRequest, month: str) -> HttpResponse:
    """The register of one month (``2026-11``) as XLSX, with its sum in the last row."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as problem:
        raise Http404 from problem
    entries = list(register_entries(scope_for(request), first))
    rows = [*_rows(entries), ["", "", "合计", *[""] * 13, total(entry.amount for entry in entries), *[""] * 4]]
    title = f"消费帮扶采购台账 {first:%Y年%m月}"
    return workbook_response(f"{title}.xlsx", f"{first:%Y-%m}", HEAD, rows, above=[title])


def _rows(entries: list[ImpactEntry]) -> Iterator[list[Any]]:
    for number, entry in enumerate(entries, 1):
        line, order = entry.line, entry.line.order
        yield [
            number, entry.posted_on, order.buyer_name, entry.organisation.get_kind_display(),
            order.get_fund_source_display(), order.get_purpose_display(), entry.campaign.name if entry.campaign else "",
            order.vendor_name, line.township_name, line.origin_name, line.category_name, line.title, line.pack_name,
            entry.quantity, line.unit, line.unit_price, entry.amount, order.reference, order.requisition.invoice.number,
            getattr(entry, "fapiao_number", "") or "", entry.get_reason_display(),
        ]  # fmt: skip
