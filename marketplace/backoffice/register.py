"""The register (台账): every completed line of a month or a year, in the form an office files; a sheet, or a stream of lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from ..allowances.models import FundSource, Purpose
from ..conf import currency
from ..impact.attribution import Way, way_of
from ..impact.models import ImpactEntry, Measure
from ..money import Money
from ..orders.models import Requisition
from ..parties.models import BuyerOrganisation
from ..payments.models import Fapiao
from ..sheets import lines_response, workbook_response
from .scope import Scope, scope_for
from .totals import next_month

# The register is an official paper of the mainland: its headings stay Chinese in every language.
HEAD = [
    "序号", "完结日期", "采购单位", "单位类型", "资金来源", "用途", "活动", "方式", "渠道", "供应商", "产地乡镇", "产地", "品类", "商品",
    "规格", "数量", "单位", "单价（元）", "金额（元）", "订单号", "账单号", "外部单号", "发票号码", "事由",
]  # fmt: skip
SUMS = {Way.PLATFORM: "其中：本平台直接采购", Way.ELSEWHERE: "其中：平台外直接采购", Way.HELPED: "其中：帮助销售"}

READ_AT_ONCE = 2000  # rows held in memory while a register is written


@dataclass(frozen=True, slots=True)
class Entered:
    """What the register says of one entry: plain values, of an order's line or (``bought``) of a purchase made elsewhere."""

    posted_on: date
    quantity: int
    amount: Money
    mode: str
    channel: str
    reason: str
    kind: str
    campaign: str | None
    buyer: str | None
    fund_source: str | None
    purpose: str | None
    vendor: str | None
    township: str | None
    origin: str | None
    category: str | None
    title: str | None
    pack: str | None
    unit: str | None
    unit_price: Money | None
    order: str | None
    invoice: str | None
    fapiao: str | None
    bought: str | None
    bought_by: str
    bought_fund_source: str | None
    bought_purpose: str | None
    seller: str | None
    bought_township: str | None
    bought_origin: str | None
    bought_category: str | None
    what: str | None
    bought_unit: str | None
    bought_number: str | None
    bought_fapiao: str | None


FIELDS = (
    "posted_on",
    "quantity",
    "amount",
    "mode",
    "channel",
    "reason",
    "organisation__kind",
    "campaign__name",
    "line__order__buyer_name",
    "line__order__fund_source",
    "line__order__purpose",
    "line__order__vendor_name",
    "line__township_name",
    "line__origin_name",
    "line__category_name",
    "line__title",
    "line__pack_name",
    "line__unit",
    "line__unit_price",
    "line__order__reference",
    "line__order__requisition__invoice__number",
    "fapiao",
    "elsewhere_line__purchase__reference",
    "organisation__name",
    "elsewhere_line__purchase__fund_source",
    "elsewhere_line__purchase__purpose",
    "elsewhere_line__purchase__seller_name",
    "elsewhere_line__township_name",
    "elsewhere_line__origin_name",
    "elsewhere_line__category__name",
    "elsewhere_line__what",
    "elsewhere_line__unit",
    "elsewhere_line__purchase__external_reference",
    "elsewhere_line__purchase__fapiao_number",
)


def register(request: HttpRequest, month: str) -> HttpResponse:
    """The register of one month (``2026-11``) as XLSX, with its sum and what it consists of in the last rows."""
    first = _day(f"{month}-01")
    title = f"消费帮扶采购台账 {first:%Y年%m月}"
    rows = _rows(register_entries(scope_for(request), first, next_month(first)))
    return workbook_response(f"{title}.xlsx", f"{first:%Y-%m}", HEAD, rows, above=[title])


def register_lines(request: HttpRequest, year: int) -> StreamingHttpResponse:
    """The register of a whole year as CSV, sent while it is read: no row waits for the last one."""
    rows = _rows(register_entries(scope_for(request), _day(f"{year:04d}-01-01"), next_month(_day(f"{year:04d}-12-01"))))
    return lines_response(f"消费帮扶采购台账 {year}年.csv", HEAD, rows)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Http404 from problem


def register_entries(scope: Scope, since: date, until: date) -> QuerySet[ImpactEntry, tuple[Any, ...]]:
    """The completed entries from ``since`` up to and without ``until`` as ``FIELDS``; one statement."""
    completed = ImpactEntry.objects.filter(measure=Measure.COMPLETED, posted_on__gte=since, posted_on__lt=until)
    standing = Fapiao.objects.standing().filter(order=OuterRef("line__order_id")).values("number")[:1]
    return scope.entries(completed).annotate(fapiao=Subquery(standing)).order_by("posted_on", "pk").values_list(*FIELDS)


def _rows(entries: QuerySet[ImpactEntry, tuple[Any, ...]]) -> Iterator[list[Any]]:
    """A row for each entry, and in the end the sum and, where there is more than one, the ways of buying it consists of."""
    words, nothing = _words(), Money(0, currency())
    sums = dict.fromkeys(Way, nothing)
    for number, row in enumerate(entries.iterator(READ_AT_ONCE), 1):
        entry = Entered(*row)
        sums[way_of(entry.mode, entry.channel)] += entry.amount
        told = _elsewhere(entry, words) if entry.bought else _ordered(entry, words)
        yield [number, entry.posted_on, *told, words[entry.reason]]
    yield _sum("合计", sum(sums.values(), nothing))
    if sums[Way.ELSEWHERE] or sums[Way.HELPED]:
        yield from (_sum(word, sums[way]) for way, word in SUMS.items())


def _sum(word: str, amount: Money) -> list[Any]:
    place = HEAD.index("金额（元）")
    return ["", "", word, *[""] * (place - 3), amount, *[""] * (len(HEAD) - place - 1)]


def _words() -> dict[str | None, str]:
    """What the values of the choices are called, in the reader's language."""
    asked = (BuyerOrganisation.Kind, FundSource, Purpose, Requisition.Mode, ImpactEntry.Reason)
    found: dict[str | None, str] = {value: str(label) for choices in asked for value, label in choices.choices}
    return found | {value: str(label) for value, label in ImpactEntry.CHANNELS}


def _ordered(entry: Entered, words: dict[str | None, str]) -> list[Any]:
    return [
        entry.buyer, words[entry.kind], words[entry.fund_source], words[entry.purpose], entry.campaign or "",
        words[entry.mode], words[entry.channel], entry.vendor, entry.township, entry.origin, entry.category,
        entry.title, entry.pack, entry.quantity, entry.unit, entry.unit_price, entry.amount, entry.order, entry.invoice,
        "", entry.fapiao or "",
    ]  # fmt: skip


def _elsewhere(entry: Entered, words: dict[str | None, str]) -> list[Any]:
    return [
        entry.bought_by, words[entry.kind], words[entry.bought_fund_source], words[entry.bought_purpose],
        entry.campaign or "", words[entry.mode], words[entry.channel], entry.seller, entry.bought_township,
        entry.bought_origin, entry.bought_category, entry.what, "", entry.quantity or "", entry.bought_unit, "",
        entry.amount, entry.bought, "", entry.bought_number, entry.bought_fapiao,
    ]  # fmt: skip
