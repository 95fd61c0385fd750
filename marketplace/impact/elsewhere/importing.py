"""Entering many purchases from a sheet: read, previewed row by row, then entered whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation

from ... import audit
from ...allowances.models import FundSource, Purpose
from ...catalogue.models import Category
from ...conf import currency, setting
from ...errors import Refused
from ...files import Given, Kind, keep
from ...money import Money
from ...orders.models import Requisition
from ...parties.actions import office_day
from ...parties.imports import Unreadable
from ...parties.models import BuyerOrganisation
from ...programme.models import Campaign, Region
from . import sheet as sheets
from .actions import require_clerk, write
from .errors import EnteredAtOnce, SheetAlreadyApplied, SheetHasRefusedRows, SheetMovedOn, SheetUnreadable
from .lifecycle import State
from .locks import lock_sheet
from .models import ElsewhereImport, ElsewherePurchase, ElsewhereVoucher
from .reasons import ROW, UNREADABLE
from .rules import Entry, EntryLine, Ground, ground_for, require_sound, tidied
from .selectors import origins_for

CHANNEL_WORDS = {
    "832": ["832", "832平台", "扶贫832", "脱贫地区农副产品网络销售平台"],
    "other_platform": ["其他平台", "其它平台", "电商平台"],
    "market": ["线下", "市场", "集市", "展销会", "摊位", "现场"],
    "phone": ["电话", "微信", "电话订购"],
}
MODE_WORDS = {"direct": ["直接", "直采", "直接采购"], "helped": ["帮销", "帮助销售"]}
PURPOSE_WORDS = {
    "holiday_gifts": ["节日慰问"], "canteen": ["食堂"], "charity": ["走访慰问", "慈善"], "activity": ["活动"],
}  # fmt: skip
FUND_WORDS = {"organisation": ["单位自有资金", "自有资金"], "union": ["工会"], "canteen": ["食堂"]}


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the sheet: which purchase (1, 2, …) it becomes a line of, or why it cannot be taken."""

    row: dict[str, Any]
    purchase: int
    why: str


@dataclass(frozen=True)
class Plan:
    """What a sheet would enter."""

    rows: Sequence[PlannedRow]
    entries: Sequence[tuple[Entry, Ground]]

    @property
    def refused(self) -> int:
        """How many rows cannot be taken."""
        return sum(bool(row.why) for row in self.rows)

    @property
    def amount(self) -> Money:
        """What the purchases that can be taken come to."""
        return sum((entry.amount for entry, _ground in self.entries), Money(0, currency()))

    @cached_property
    def digest(self) -> str:
        """A fingerprint: the same digest means the same rows with the same effect."""
        body = json.dumps([[row.row, row.purchase, row.why] for row in self.rows], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()


@transaction.atomic
def upload_sheet(
    *,
    organisation: BuyerOrganisation,
    filename: str,
    content: bytes,
    voucher: Given = None,
    by: Any,
    at: datetime,
) -> ElsewhereImport:
    """Read a sheet and keep its rows for the preview; ``voucher`` proves all of its purchases."""
    require_clerk(organisation, by)
    try:
        rows = sheets.read_purchases(content, limit=setting("ELSEWHERE_MAX_ROWS"))
    except Unreadable as problem:
        raise SheetUnreadable(reason=UNREADABLE[problem.reason]) from problem
    return ElsewhereImport.objects.create(
        organisation=organisation,
        filename=filename[:200],
        rows=rows,
        voucher=keep(kind=Kind.VOUCHER, upload=voucher, by=by, at=at),
        uploaded_by=by,
        uploaded_at=at,
    )


def sheet_plan(sheet: ElsewhereImport, *, at: datetime) -> Plan:
    """What entering this sheet would do now. Its statements do not grow with its rows."""
    rows = sheet.rows
    groups, words = sheets.together(rows), _Words(sheet.organisation, office_day(at))
    why: dict[int, str] = {}
    typed: dict[int, Entry] = {}
    for number, places in enumerate(groups):
        lines = [_line(rows[place], words, why, place) for place in places]
        entry = _entry([rows[place] for place in places], lines, words, why, places)
        if entry is not None:
            typed[number] = entry
    _look_for_repeats(typed, groups, why)
    ground = ground_for(sheet.organisation, typed.values(), at=at)
    sound = []
    for number, entry in typed.items():
        if any(place in why for place in groups[number]):
            continue
        try:
            require_sound(entry, ground)
        except Refused as refusal:
            why[groups[number][0]] = str(refusal)
        else:
            sound.append((entry, ground))
    number_of = {place: number for number, places in enumerate(groups, 1) for place in places}
    return Plan([PlannedRow(row, number_of[place], why.get(place, "")) for place, row in enumerate(rows)], sound)


class _Words:
    """What the words of a sheet stand for."""

    def __init__(self, organisation: BuyerOrganisation, today: date) -> None:
        self.modes = _by_word(Requisition.Mode.choices, MODE_WORDS)
        self.channels = _by_word(ElsewherePurchase.Channel.choices, CHANNEL_WORDS)
        self.purposes = _by_word(Purpose.choices, PURPOSE_WORDS)
        self.fund_sources = _by_word(FundSource.choices, FUND_WORDS)
        self.categories = {tidied(name): row for row in Category.objects.all() for name in (row.name, row.name_en)}
        campaigns = Campaign.objects.filter(pairing__supporting__code=organisation.county_code)
        self.campaigns = {
            tidied(name): row for row in campaigns.select_related("pairing__aided") for name in (row.name, row.name_en)
        }
        self.origins = _places(origins_for(organisation, today))


def template_words() -> list[str]:
    """The words a sheet is filled with, in the language of an office's papers."""
    with translation.override("zh-hans"):
        columns: dict[str, Any] = {
            "方式": Requisition.Mode.labels,
            "渠道": ElsewherePurchase.Channel.labels,
            "用途": Purpose.labels,
            "资金来源": FundSource.labels,
        }
        return [f"{name}：{'、'.join(str(label) for label in labels)}。" for name, labels in columns.items()]


def _by_word(choices: Iterable[tuple[str, Any]], more: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Word → value: the labels in both languages, and what offices write besides."""
    found = {tidied(word): value for value, words in more.items() for word in words}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {tidied(str(label)): value for value, label in choices}
    return found


def _places(places: Sequence[Region]) -> dict[str, Region]:
    """Full name (township and village) → place; the village alone where there is but one of that name."""
    once = Counter(tidied(place.name) for place in places)
    found = {tidied(place.name): place for place in places if once[tidied(place.name)] == 1}
    return found | {tidied(f"{place.parent.name}{place.name}"): place for place in places if place.parent}


def _line(row: dict[str, Any], words: _Words, why: dict[int, str], place: int) -> EntryLine | None:
    category, origin = words.categories.get(tidied(row["category"])), words.origins.get(tidied(row["origin"]))
    try:
        amount = Money.parse(row["amount"].replace(",", "").replace("元", ""), currency())
    except ValueError:
        amount = Money(0, currency())
    quantity = row["quantity"]
    problem = (
        row["problem"]
        or ("what" if not row["what"] else "")
        or ("category" if not row["category"] or category is None else "")
        or ("origin" if not row["origin"] or origin is None else "")
        or ("amount" if amount.amount <= 0 or len(str(amount.amount)) > 13 else "")
        or ("quantity" if quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) <= 9) else "")
    )
    if problem or category is None or origin is None:
        why[place] = str(ROW[problem])
        return None
    return EntryLine(row["what"], category, origin, amount, int(quantity) if quantity else None, row["unit"])


def _entry(
    rows: Sequence[dict[str, Any]],
    lines: Sequence[EntryLine | None],
    words: _Words,
    why: dict[int, str],
    places: Sequence[int],
) -> Entry | None:
    sound = tuple(line for line in lines if line is not None)
    if len(sound) < len(lines):
        return None
    head = rows[0]
    found = {
        "mode": words.modes.get(tidied(head["mode"])) if head["mode"] else Requisition.Mode.DIRECT.value,
        "channel": words.channels.get(tidied(head["channel"])),
        "purpose": words.purposes.get(tidied(head["purpose"])),
        "fund_source": words.fund_sources.get(tidied(head["fund_source"])),
        "bought_on": date.fromisoformat(head["bought_on"]) if head["bought_on"] else None,
    }
    campaign = words.campaigns.get(tidied(head["campaign"])) if head["campaign"] else None
    problem = next((name for name, value in found.items() if value is None), "")
    if not problem and head["campaign"] and campaign is None:
        problem = "campaign"
    if not problem and sheets.disagree(rows):
        problem = "disagree"
    if problem:
        why[places[0]] = str(ROW["date" if problem == "bought_on" else problem])
        return None
    texts = ("seller_name", "seller_code", "external_reference", "fapiao_number", "helped_buyer", "note")
    typed: dict[str, Any] = {**found, **{name: head[name] for name in texts}}
    return Entry(lines=sound, campaign=campaign, **typed)


def _look_for_repeats(typed: Mapping[int, Entry], groups: Sequence[Sequence[int]], why: dict[int, str]) -> None:
    """Two purchases of one sheet with one fapiao, or with one order number on the 832 Platform."""
    for key in ("fapiao", "reference_key"):
        seen: set[str] = set()
        for number, entry in typed.items():
            value = getattr(entry, key)
            if value and value in seen:
                why.setdefault(groups[number][0], str(ROW["repeated"]))
            seen.add(value)


@transaction.atomic
def apply_sheet(*, sheet: ElsewhereImport, digest: str, by: Any, at: datetime) -> list[ElsewherePurchase]:
    """Enter exactly what the preview with this ``digest`` showed, whole or not at all; with its voucher, submit it."""
    sheet = lock_sheet(sheet.pk)
    require_clerk(sheet.organisation, by)
    if sheet.applied_at is not None:
        raise SheetAlreadyApplied()
    plan = sheet_plan(sheet, at=at)
    if plan.refused:
        raise SheetHasRefusedRows(count=plan.refused)
    if plan.digest != digest:
        raise SheetMovedOn()
    made = write(sheet.organisation, plan.entries, sheet=sheet, by=by, at=at)
    if sheet.voucher:
        _submit_all(sheet, made, by, at)
    sheet.applied_at, sheet.applied_by = at, by
    sheet.save(update_fields=["applied_at", "applied_by"])
    return made


def _submit_all(sheet: ElsewhereImport, made: Sequence[ElsewherePurchase], by: Any, at: datetime) -> None:
    ElsewhereVoucher.objects.bulk_create(
        ElsewhereVoucher(purchase=row, file=sheet.voucher, added_at=at, added_by=by) for row in made
    )
    for row in made:
        row.state, row.submissions, row.submitted_at, row.submitted_by = State.SUBMITTED, 1, at, by
    try:
        with transaction.atomic():
            ElsewherePurchase.objects.bulk_update(made, ["state", "submissions", "submitted_at", "submitted_by"])
    except IntegrityError as problem:
        raise EnteredAtOnce() from problem
    audit.record("marketplace.submit_elsewhere", made, by=by, at=at)
