"""Many listings from a sheet: what a preview says, what applying does, and the way back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.decisions import AfterLook
from marketplace.catalogue.linkage import FarmerLinkage
from marketplace.catalogue.models import Listing, Pack, PriceTier
from marketplace.catalogue.prices import PriceChange
from marketplace.errands.work import run_due
from marketplace.errors import FileUnfit, NotPermitted
from marketplace.models import PrivateFile
from marketplace.money import yuan
from marketplace.uploads import Upload
from tests.factories import imports
from tests.factories import world as factory
from tests.factories.world import World
from vendors.listing import workbook
from vendors.listing.errors import (
    ImportApplied,
    ImportHasRefusedRows,
    ImportMovedOn,
    ImportNotApplied,
    NothingToImport,
    PictureUnfit,
    SheetUnreadable,
    UndoImpossible,
)
from vendors.listing.importing import apply_import, upload_listings
from vendors.listing.models import ListingImport
from vendors.listing.planning import Plan, import_plan
from vendors.listing.sheet import COLUMNS
from vendors.listing.undoing import in_the_way, undo_import

pytestmark = pytest.mark.django_db


def read(world: World, rows: list[dict[str, Any]], pictures: Upload | None = None, **more: Any) -> ListingImport:
    return upload_listings(
        vendor=world.tea_vendor,
        sheet=imports.sheet(rows, **more),
        pictures=pictures,
        by=world.users["teaco"],
        at=world.now,
    )


def new_row(world: World, **more: Any) -> dict[str, Any]:
    return {**imports.NEW, "product": world.tea.product.name, "origin": world.tea_vendor.home.name, **more}


def tea_row(world: World, **more: Any) -> dict[str, Any]:
    return {"slug": world.tea.slug, "pack": world.tea_pack.name, **more}


def plan_of(world: World, document: ListingImport) -> Plan:
    return import_plan(document, at=world.now)


def apply(world: World, document: ListingImport, *, submit: bool = False) -> Plan:
    plan = plan_of(world, document)
    return apply_import(document=document, digest=plan.digest, submit=submit, by=world.users["teaco"], at=world.now)


def undo(world: World, document: ListingImport) -> None:
    undo_import(document=document, by=world.users["teaco"], at=world.now)


def counts(**more: int) -> dict[str, int]:
    return {"new": 0, "changed": 0, "unchanged": 0, "refused": 0, **more}


def state() -> Any:
    """All that an import may touch."""
    return [list(model.objects.order_by("pk").values()) for model in (Listing, Pack, PriceTier)]


def without_dates(rows: Any) -> Any:
    """The same without what says when, and in which version, it was written last."""
    dated = {"has_unpublished_changes"} | {name for name in rows[0][0] if name.endswith(("revision_id", "_at"))}
    return [[{name: value for name, value in row.items() if name not in dated} for row in model] for model in rows]


def test_a_new_listing_is_read_previewed_and_made_as_a_draft(world: World) -> None:
    document = read(world, [new_row(world)], imports.pictures("a.jpg"))
    before = state()
    assert plan_of(world, document).counts == counts(new=1)
    assert state() == before
    apply(world, document)
    made = Listing.objects.get(title="明前小兰花")
    pack = made.packs.get()
    assert (made.state, made.season, made.tax_rate) == ("draft", ",3,4,5,", "exempt")
    assert made.description == "第一段。\n第二段，含逗号。"
    assert (pack.name, pack.unit_price, pack.weight_grams, pack.initial_stock) == ("250 g 罐", yuan(168), 400, 200)
    assert made.pictures.get().alt_text == "罐装小兰花"
    again = made.get_latest_revision_as_object()
    assert [row.pk for row in again.packs.all()] == [pack.pk]


def test_rows_of_one_title_are_packs_of_one_listing(world: World) -> None:
    second = {"title": "明前小兰花", "pack": "500 g 袋", "unit": "袋", "unit_price": 300, "weight_grams": "0.6"}
    tiers = {"from_1": "１０", "price_1": "160元", "from_2": 20, "price_2": 150}
    document = read(world, [new_row(world, **tiers), second], imports.pictures("a.jpg"))
    apply(world, document)
    made = Listing.objects.get(title="明前小兰花")
    assert [(row.name, row.weight_grams) for row in made.packs.all()] == [("250 g 罐", 400), ("500 g 袋", 600)]
    assert [(t.from_quantity, t.unit_price) for t in made.packs.all()[0].ladder] == [(10, yuan(160)), (20, yuan(150))]


def test_an_import_keeps_what_its_sheet_does_not_say(world: World) -> None:
    written = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    written.grade = "特级"
    written.linkages.add(FarmerLinkage(mode="contract", households=20, year=2026))
    factory.reviewed(written, world)
    pack = world.tea.packs.get()
    row = {"slug": world.tea.slug, "pack": pack.name, "weight_grams": "600 g", "net_grams": "250 g"}
    apply(world, read(world, [row]))
    again = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    (changed,) = again.packs.all()
    assert (again.grade, [made.claim for made in again.linkages.all()]) == ("特级", [("contract", 20, 2026)])
    assert (changed.pk, changed.weight_grams, changed.net_grams) == (pack.pk, 600, 250)


def test_what_was_exported_changes_nothing_when_it_comes_back(world: World) -> None:
    content = workbook.export(world.tea_vendor, world.now.date())
    document = upload_listings(
        vendor=world.tea_vendor, sheet=Upload("m.xlsx", content), by=world.users["teaco"], at=world.now
    )
    plan = plan_of(world, document)
    assert [row.why for row in plan.listings] == [""]
    assert plan.counts == counts(unchanged=1)
    before = state()
    with pytest.raises(NothingToImport):
        apply(world, document)
    assert state() == before


def test_a_price_change_is_export_edit_import(world: World) -> None:
    content = workbook.export(world.tea_vendor, world.now.date())
    book = load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    column = next(cell.column for cell in page[2] if str(cell.value).startswith("单价"))
    price = world.tea_pack.unit_price
    page.cell(3, column).value = "２００.５"
    buffer = io.BytesIO()
    book.save(buffer)
    document = upload_listings(
        vendor=world.tea_vendor, sheet=Upload("m.xlsx", buffer.getvalue()), by=world.users["teaco"], at=world.now
    )
    plan = plan_of(world, document)
    (row,) = plan.listings
    assert [(change.path, change.old, change.new) for change in row.changes] == [
        ("packs.unit_price", price, yuan("200.50"))
    ]
    apply(world, document, submit=True)
    tea = Listing.objects.get(pk=world.tea.pk)
    assert (tea.state, tea.packs.get().unit_price) == ("submitted", price)


def test_small_changes_go_on_sale_by_the_errand_and_risky_ones_to_the_officer(world: World) -> None:
    document = read(world, [tea_row(world, summary="新的一句话", unit_price="105")])
    assert plan_of(world, document).listings[0].is_small
    apply(world, document, submit=True)
    document.refresh_from_db()
    assert (document.to_publish, document.published) == ([world.tea.pk], 0)
    assert Listing.objects.get(pk=world.tea.pk).summary == "简介"
    assert PriceChange.objects.filter(listing=world.tea).count() == 1  # an import alone changes no price
    list(run_due(at=world.now))
    document.refresh_from_db()
    tea = Listing.objects.get(pk=world.tea.pk)
    assert (document.published, tea.summary, tea.state) == (1, "新的一句话", "published")
    assert AfterLook.objects.get().listing_id == tea.pk
    prices = PriceChange.objects.filter(listing=tea).values_list("unit_price", "changed_by")
    assert list(prices) == [(yuan(100), world.officer.pk), (yuan(105), world.users["teaco"].pk)]
    assert in_the_way(document) == []


def test_undoing_puts_the_version_before_on_sale_where_a_small_change_is_on_sale_already(world: World) -> None:
    row = tea_row(world, summary="新的一句话", unit_price="105", from_1="5", price_1="92", from_2="10", price_2="81")
    document = read(world, [row])
    before = without_dates(state())
    apply(world, document, submit=True)
    list(run_due(at=world.now))
    assert world.tea.packs.get().unit_price == yuan(105)
    document.refresh_from_db()
    undo(world, document)
    tea = Listing.objects.get(pk=world.tea.pk)
    assert (tea.summary, tea.packs.get().unit_price) == ("新的一句话", yuan(105))  # not within the request
    document.refresh_from_db()
    assert (document.to_publish, document.left_to_publish) == ([tea.pk], 1)
    list(run_due(at=world.now))
    tea.refresh_from_db()
    assert without_dates(state()) == before
    assert (tea.summary, tea.packs.get().unit_price, tea.state) == ("简介", yuan(100), "published")
    assert not document.__class__.objects.get(pk=document.pk).left_to_publish
    looks = AfterLook.objects.order_by("pk")
    assert [look.changed for look in looks] == [looks[0].changed] * 2  # an officer sees the way back, too
    list(run_due(at=world.now))
    assert AfterLook.objects.count() == 2


def test_undoing_before_the_errand_came_leaves_nothing_for_it_to_do(world: World) -> None:
    document = read(world, [tea_row(world, summary="新的一句话")])
    before = without_dates(state())
    apply(world, document, submit=True)
    document.refresh_from_db()
    undo(world, document)
    list(run_due(at=world.now))
    assert without_dates(state()) == before
    assert not AfterLook.objects.exists()


def test_a_small_change_that_took_a_draft_along_stands_in_the_way(world: World) -> None:
    written = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    written.description = "还没交的说明"
    catalogue.save_listing_draft(listing=written, by=world.users["teaco"], at=world.now)
    document = read(world, [tea_row(world, summary="新的一句话")])
    apply(world, document, submit=True)
    list(run_due(at=world.now))
    assert Listing.objects.get(pk=world.tea.pk).description == "还没交的说明"
    document.refresh_from_db()
    assert in_the_way(document) == [world.tea.title]
    with pytest.raises(UndoImpossible):
        undo(world, document)


def test_the_screens_say_how_far_the_way_back_is(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    client.force_login(world.users["teaco"])
    document = read(world, [tea_row(world, summary="新的一句话")])
    address = reverse("vendors:import", args=[world.tea_vendor.slug, document.pk])
    offered = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "审核人答复或有人改动之前，都可以整批撤销" in offered
    apply(world, document, submit=True)
    list(run_due(at=world.now))
    assert "撤销导入" in client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    client.post(reverse("vendors:undo_import", args=[world.tea_vendor.slug, document.pk]))
    going = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "1 件已上架的商品正在自动恢复" in going
    list(run_due(at=world.now))
    assert "正在自动恢复" not in client.get(address, headers={"accept-language": "zh-hans"}).content.decode()


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"product": "不认识"}, "品种"),
        ({"origin": "月球"}, "产地"),
        ({"unit_price": "很贵"}, "单价"),
        ({"weight_grams": "一点"}, "重量"),
        ({"net_grams": "500 g"}, "净重"),
        ({"season": "春天"}, "供应月份"),
        ({"is_offered": "也许"}, "在售"),
        ({"from_1": "10"}, "阶梯1数量"),
        ({"from_1": "10", "price_1": "999"}, "阶梯1数量"),
        ({"initial_stock": "-1"}, "库存"),
        ({"pictures": "b.jpg"}, "图片"),
        ({"alt_texts": ""}, "图片说明"),
        ({"summary": ""}, "一句话介绍"),
        ({"pack": ""}, "规格"),
        ({"slug": "no-such"}, "商品编号"),
        ({"title": "长" * 81}, ""),
        ({"unit_price": "=1+1"}, ""),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_row_that_cannot_be_taken_says_where_and_stops_the_whole(
    world: World, cells: dict[str, Any], why: str
) -> None:
    document = read(world, [new_row(world, **cells), new_row(world, title="另一种茶")], imports.pictures("a.jpg"))
    plan = plan_of(world, document)
    assert plan.counts == counts(new=1, refused=1)
    assert plan.of("refused")[0].why.startswith(f"{why}：" if why else "")
    assert plan.of("refused")[0].why != ""
    before = state()
    with pytest.raises(ImportHasRefusedRows):
        apply(world, document)
    assert state() == before
    found = load_workbook(io.BytesIO(workbook.with_problems(plan))).worksheets[0]
    assert found.cell(2, found.max_column).value == "问题"
    assert [found.cell(line, found.max_column).value for line in (3, 4)] == [plan.of("refused")[0].why, None]


def test_the_stock_of_a_pack_on_sale_and_a_listing_in_review_are_left_alone(world: World) -> None:
    plan = plan_of(world, read(world, [tea_row(world, initial_stock="5")]))
    assert plan.listings[0].problem == "stock_on_sale"
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.title = "新茶"
    catalogue.save_listing_draft(listing=changed, by=world.users["teaco"], at=world.now)
    catalogue.submit_listing(listing=changed, by=world.users["teaco"], at=world.now)
    plan = plan_of(world, read(world, [tea_row(world, summary="新")]))
    assert plan.listings[0].problem == "in_review"


def test_what_the_preview_showed_is_what_is_done_or_nothing(world: World) -> None:
    document = read(world, [tea_row(world, summary="新的一句话")])
    digest = plan_of(world, document).digest
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.summary = "别人写的"
    catalogue.save_listing_draft(listing=changed, by=world.users["teaco"], at=world.now)
    before = state()
    with pytest.raises(ImportMovedOn):
        apply_import(document=document, digest=digest, submit=False, by=world.users["teaco"], at=world.now)
    assert state() == before
    apply(world, document)
    with pytest.raises(ImportApplied):
        apply(world, document)


def test_undoing_brings_back_drafts_published_listings_and_reviews(world: World) -> None:
    first = read(world, [new_row(world)], imports.pictures("a.jpg"))
    apply(world, first)
    made = Listing.objects.get(title="明前小兰花")
    before, revisions = state(), made.latest_revision_id
    rows = [
        {"slug": made.slug, "pack": "250 g 罐", "unit_price": "99", "from_1": "5", "price_1": "90"},
        {"slug": made.slug, "pack": "50 g 袋", "unit": "袋", "unit_price": "30", "weight_grams": "60 g"},
        tea_row(world, title="改了的茶"),
        new_row(world, title="又一种茶"),
    ]
    second = read(world, rows, imports.pictures("a.jpg"))
    priced = PriceChange.objects.count()
    apply(world, second, submit=True)
    assert Listing.objects.get(pk=made.pk).packs.count() == 2
    assert {row.state for row in Listing.objects.filter(vendor=world.tea_vendor)} == {"submitted"}
    undo(world, second)
    kept = {"latest_revision_created_at", "has_unpublished_changes"}
    assert [[{k: v for k, v in row.items() if k not in kept} for row in rows] for rows in state()] == [
        [{k: v for k, v in row.items() if k not in kept} for row in rows] for rows in before
    ]
    made.refresh_from_db()
    assert (made.latest_revision_id, made.state) == (revisions, "draft")
    assert PriceChange.objects.count() == priced  # nothing of it was ever on sale
    tea = Listing.objects.get(pk=world.tea.pk)
    assert (tea.state, tea.has_unpublished_changes) == ("published", False)
    with pytest.raises(ImportNotApplied):
        undo(world, second)
    undo(world, first)
    assert not Listing.objects.filter(title="明前小兰花").exists()


def test_an_import_that_was_published_or_changed_since_names_what_stands_in_the_way(world: World) -> None:
    document = read(world, [new_row(world), new_row(world, title="另一种茶")], imports.pictures("a.jpg"))
    apply(world, document, submit=True)
    listing = Listing.objects.get(title="明前小兰花")
    catalogue.approve_listing(
        listing=listing, revision_pk=listing.latest_revision_id or 0, by=world.officer, at=world.now
    )
    assert Listing.objects.get(pk=listing.pk).live
    before = state()
    with pytest.raises(UndoImpossible) as refusal:
        undo(world, document)
    assert "明前小兰花" in str(refusal.value)
    assert "另一种茶" not in str(refusal.value)
    assert state() == before


def test_a_new_listing_with_a_certificate_stands_in_the_way_of_undoing(world: World) -> None:
    document = read(world, [new_row(world)], imports.pictures("a.jpg"))
    apply(world, document)
    made = Listing.objects.get(title="明前小兰花")
    factory.certified(made, at=world.now)
    document.refresh_from_db()
    with pytest.raises(UndoImpossible):
        undo(world, document)
    assert Listing.objects.filter(pk=made.pk).exists()


def test_only_the_vendors_people_and_the_operator_import(world: World) -> None:
    with pytest.raises(NotPermitted):
        upload_listings(
            vendor=world.tea_vendor, sheet=imports.sheet([new_row(world)]), by=world.users["riceco"], at=world.now
        )
    operator = factory.user("operator", is_superuser=True)
    upload_listings(vendor=world.tea_vendor, sheet=imports.sheet([new_row(world)]), by=operator, at=world.now)
    assert ListingImport.objects.get().uploaded_by == operator


@pytest.mark.parametrize(
    "pictures",
    [
        imports.pictures("a.jpg", **{"run.exe": b"MZ"}),
        Upload("p.zip", b"PK\x03\x04 broken"),
        Upload("p.zip", b"no zip at all"),
    ],
    ids=["a program inside", "broken", "no ZIP"],
)
def test_a_zip_of_anything_but_pictures_is_refused(world: World, pictures: Upload) -> None:
    with pytest.raises(FileUnfit):
        read(world, [new_row(world)], pictures)
    assert not ListingImport.objects.exists()


def test_a_picture_that_is_none_stops_the_whole_import(world: World) -> None:
    document = read(world, [new_row(world)], imports.pictures(**{"a.jpg": b"\xff\xd8\xff no picture"}))
    before = state()
    with pytest.raises(PictureUnfit):
        apply(world, document)
    assert state() == before


def test_a_file_that_is_no_sheet_is_refused(world: World) -> None:
    with pytest.raises((SheetUnreadable, FileUnfit)):
        upload_listings(vendor=world.tea_vendor, sheet=Upload("x.xlsx", b"PK"), by=world.users["teaco"], at=world.now)
    assert not PrivateFile.objects.filter(kind="listings", kept_at__isnull=False).exists()


def test_the_screens_carry_a_sheet_from_the_template_to_the_undo(world: World, client: Client) -> None:
    client.force_login(world.users["teaco"])
    slug = world.tea_vendor.slug
    for name in ("import_template", "export_listings"):
        answer = client.get(reverse(f"vendors:{name}", args=[slug]))
        assert load_workbook(io.BytesIO(answer.content)).worksheets[0].cell(2, 1).value == "商品编号"
    document = read(world, [new_row(world), new_row(world, title="坏行", unit_price="?")], imports.pictures("a.jpg"))
    page = client.get(reverse("vendors:import", args=[slug, document.pk]))
    assert "坏行" in page.content.decode()
    assert client.get(reverse("vendors:import_problems", args=[slug, document.pk])).status_code == 200
    good = read(world, [new_row(world)], imports.pictures("a.jpg"))
    address = reverse("vendors:import", args=[slug, good.pk])
    client.post(address, {"digest": plan_of(world, good).digest})
    good.refresh_from_db()
    assert good.applied_at is not None
    assert "明前小兰花" not in client.get(address).content.decode()
    client.post(reverse("vendors:undo_import", args=[slug, good.pk]))
    good.refresh_from_db()
    assert good.undone_at is not None
    assert not Listing.objects.filter(title="明前小兰花").exists()
    client.force_login(world.users["riceco"])
    assert client.get(address).status_code == 404


def statements(step: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        step()
    return len(seen)


def test_two_thousand_listings_come_and_go_in_as_many_statements_as_two(world: World) -> None:
    def go(count: int) -> list[int]:
        rows = [new_row(world, title=f"茶 {count}-{number}") for number in range(count)]
        document = read(world, rows, imports.pictures("a.jpg"))
        plan = plan_of(world, document)
        assert plan.counts == counts(new=count)
        costs = [statements(lambda: import_plan(document, at=world.now))]
        costs += [
            statements(
                lambda: apply_import(
                    document=document, digest=plan.digest, submit=True, by=world.users["teaco"], at=world.now
                )
            )
        ]
        assert (
            Listing.objects.filter(title__startswith=f"茶 {count}-", workflow_states__status="in_progress").count()
            == count
        )
        costs += [statements(lambda: undo_import(document=document, by=world.users["teaco"], at=world.now))]
        assert not Listing.objects.filter(title__startswith=f"茶 {count}-").exists()
        return costs

    few, many = go(2), go(2000)
    if connection.vendor == "postgresql":  # SQLite takes long lists in several statements
        assert [abs(more - less) <= 8 for less, more in zip(few, many, strict=True)] == [True, True, True], (few, many)


def test_two_thousand_prices_are_changed_and_brought_back_to_the_fen(world: World) -> None:
    rows = [new_row(world, title=f"茶 {number}", from_1="10", price_1="150") for number in range(2000)]
    apply(world, read(world, rows, imports.pictures("a.jpg")))
    before, content = state(), workbook.export(world.tea_vendor, world.now.date())
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    (head,) = [row[0].row for row in sheet.iter_rows(max_row=5) if row[0].value == "商品编号"]
    column = list(COLUMNS).index("unit_price") + 1
    slugs = {row.slug for row in Listing.objects.filter(title__startswith="茶 ")}
    changed = 0
    for place in range(head + 1, sheet.max_row + 1):
        if sheet.cell(place, 1).value in slugs:
            sheet.cell(place, column).value = f"{200 + changed / 100:.2f}"
            changed += 1
    assert changed == 2000
    buffer = io.BytesIO()
    book.save(buffer)
    document = upload_listings(
        vendor=world.tea_vendor, sheet=Upload("改价.xlsx", buffer.getvalue()), by=world.users["teaco"], at=world.now
    )
    plan = plan_of(world, document)
    assert plan.counts == counts(changed=2000, unchanged=len(plan.listings) - 2000)
    apply(world, document)
    prices = Pack.objects.filter(listing__slug__in=slugs).order_by("unit_price").values_list("unit_price", flat=True)
    assert [price.amount for price in prices] == list(range(20000, 22000))
    undo(world, document)
    assert without_dates(state()) == without_dates(before)
    after = load_workbook(io.BytesIO(workbook.export(world.tea_vendor, world.now.date()))).worksheets[0]
    first = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sorted(map(str, after.iter_rows(values_only=True))) == sorted(map(str, first.iter_rows(values_only=True)))
