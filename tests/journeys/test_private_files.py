"""Uploads: held until their form is right, filed with their document, given out guarded, and deleted in time."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.errors import FileGone, FileUnfit, NotPermitted
from marketplace.files import Kind, PrivateFile, hold, keep, private_storage, sweep
from marketplace.fulfilment.actions import keep_signed_sheet, take_out_signed_sheet
from marketplace.fulfilment.errors import NothingToFile
from marketplace.fulfilment.models import SignedSheet
from marketplace.parties.models import AccessLog
from marketplace.payments.models import Invoice, Payment
from marketplace.purchase.clock import tick
from marketplace.purchase.hand_out import make_handout_list
from marketplace.uploads import Upload
from tests.factories import files
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


def invoice_page(world: World) -> str:
    orders = factory.placed(world, tea=1, rice=1, count=2)
    return reverse("marketplace:invoice", args=[Invoice.objects.get(requisition=orders[0].requisition_id).number])


def transfer(**changed: Any) -> dict[str, Any]:
    return {"amount": "10", "transaction_number": "B1", "paid_on": "2026-11-23", **changed}


def stored(file: PrivateFile) -> bool:
    return private_storage().exists(file.stored.name)


def test_a_good_file_need_not_be_chosen_again_when_something_else_is_wrong(world: World) -> None:
    address, client = invoice_page(world), signed_in(world, "treasurer")
    photo = SimpleUploadedFile("银行回单 11月.jpg", files.photo_from_a_phone(), "image/jpeg")
    again = client.post(address, transfer(amount="ten", payer_name="某某工会", voucher=photo))
    text = again.content.decode()
    assert again.status_code == 422
    assert "某某工会" in text
    assert "You need not choose it again" in text
    assert "银行回单 11月.jpg" in text
    token = re.search(r'name="voucher-held" value="([^"]+)"', text)
    assert token
    done = client.post(address, {**transfer(), "voucher-held": token[1]})
    assert done.status_code == 302
    voucher = Payment.objects.get().voucher
    assert (voucher.token, voucher.name, voucher.type) == (token[1], "银行回单 11月.jpg", "jpeg")
    assert voucher.kept_at is not None
    assert PrivateFile.objects.count() == 1


def test_a_held_file_is_nobody_elses_and_is_taken_once(world: World) -> None:
    treasurer, clerk, at = world.users["treasurer"], world.users["clerk"], world.now
    held = hold(kind=Kind.VOUCHER, upload=Upload("a.png", files.picture("png")), by=treasurer, at=at)
    for kind, by in ((Kind.VOUCHER, clerk), (Kind.EVIDENCE, treasurer)):
        with pytest.raises(FileGone):
            keep(kind=kind, upload=held, by=by, at=at)
    assert keep(kind=Kind.VOUCHER, upload=held, by=treasurer, at=at) == held
    with pytest.raises(FileGone):
        keep(kind=Kind.VOUCHER, upload=held, by=treasurer, at=at)
    address = invoice_page(world)
    answer = signed_in(world, "treasurer").post(address, {**transfer(), "voucher-held": held.token})
    assert answer.status_code == 422
    assert "no longer there" in answer.content.decode()
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bill.pdf", b"<!doctype html><script>alert(1)</script>", "none of the types"),
        ("logo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "none of the types"),
        ("empty.pdf", b"", "empty"),
        ("bomb.png", files.bomb_png(), "too many pixels"),
        ("run.pdf", files.pdf(script="app.alert(1)"), "a program that would run"),
        ("roster.xlsx", files.workbook(["姓名"]), "not taken here"),
    ],
    ids=["page", "drawing", "empty", "bomb", "script", "workbook"],
)
def test_a_hostile_upload_is_refused_at_its_field_and_nothing_is_kept(
    world: World, name: str, content: bytes, reason: str
) -> None:
    address = invoice_page(world)
    answer = signed_in(world, "treasurer").post(address, transfer(voucher=SimpleUploadedFile(name, content)))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert 'value="B1"' in answer.content.decode()
    assert not Payment.objects.exists()
    assert not PrivateFile.objects.exists()


def test_a_zip_bomb_is_no_roster(world: World) -> None:
    bomb = SimpleUploadedFile("roster.xlsx", files.zip_bomb_workbook())
    answer = signed_in(world, "clerk").post(reverse("marketplace:roll", args=[world.union.slug]), {"file": bomb})
    assert "unpacks to far more" in answer.content.decode()
    assert not PrivateFile.objects.exists()


def test_a_file_above_the_size_of_its_kind_is_not_even_read(world: World, settings: Any) -> None:
    settings.MARKETPLACE_FILE_MAX_BYTES = {"voucher": 100}
    address, photo = invoice_page(world), SimpleUploadedFile("a.jpg", files.picture("jpeg"))
    answer = signed_in(world, "treasurer").post(address, transfer(voucher=photo))
    assert "larger than allowed" in answer.content.decode()
    with pytest.raises(FileUnfit):
        keep(kind=Kind.VOUCHER, upload=Upload("a.jpg", files.picture("jpeg")), by=None, at=world.now)
    kept = keep(kind=Kind.EVIDENCE, upload=Upload("a.jpg", files.picture("jpeg")), by=None, at=world.now)
    assert kept is not None
    assert stored(kept)


def test_a_file_is_given_out_under_its_chinese_name_and_never_run(world: World) -> None:
    address, client = invoice_page(world), signed_in(world, "treasurer")
    client.post(address, transfer(voucher=SimpleUploadedFile("银行回单.png", files.picture("png"))))
    voucher = Payment.objects.get().voucher
    answer = client.get(reverse("marketplace:file", args=[voucher.token]))
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == voucher.digest
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Content-Disposition"] == ("inline; filename*=utf-8''%E9%93%B6%E8%A1%8C%E5%9B%9E%E5%8D%95.png")
    assert re.fullmatch(r"files/2\d{3}/\d\d/\d\d/[0-9a-f]{32}", voucher.stored.name)
    assert voucher.token in client.get(address).content.decode()


@pytest.mark.parametrize("content", [files.pdf(), files.pdf(attachment=b"<xbrl/>")], ids=["plain", "with attachments"])
def test_a_pdf_is_shown_and_one_with_attachments_is_downloaded(world: World, content: bytes) -> None:
    address, client = invoice_page(world), signed_in(world, "treasurer")
    client.post(address, transfer(voucher=SimpleUploadedFile("回单.pdf", content)))
    voucher = Payment.objects.get().voucher
    answer = client.get(reverse("marketplace:file", args=[voucher.token]))
    assert b"".join(answer.streaming_content) == content
    assert "sandbox" not in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("attachment" if voucher.has_attachments else "inline")


def test_a_file_whose_time_is_over_is_deleted_and_its_document_says_so(world: World) -> None:
    address, client = invoice_page(world), signed_in(world, "treasurer")
    client.post(address, transfer(voucher=SimpleUploadedFile("a.png", files.picture("png"))))
    voucher = Payment.objects.get().voucher
    kept = voucher.kept_at
    assert list(sweep(at=kept + 30 * 366 * DAY)) == []
    due = kept + 31 * 366 * DAY
    assert len(list(sweep(at=due, dry_run=True))) == 1
    assert stored(voucher)
    assert [found.done for found in tick(at=due) if "a.png" in found.reference] == ["deleted"]
    assert list(sweep(at=due)) == []
    voucher.refresh_from_db()
    assert (voucher.stored.name, voucher.removed_at) == ("", due)
    assert client.get(reverse("marketplace:file", args=[voucher.token])).status_code == 404
    assert "its time was over" in client.get(address).content.decode()


def test_an_operator_sets_the_time_of_one_kind_and_the_others_keep_theirs(world: World, settings: Any) -> None:
    settings.MARKETPLACE_FILE_DAYS = {"evidence": 10}
    made = {
        kind: keep(kind=kind, upload=Upload("a.png", files.picture("png")), by=None, at=world.now)
        for kind in (Kind.EVIDENCE, Kind.VOUCHER)
    }
    list(sweep(at=world.now + 10 * DAY))
    removed = {kind: PrivateFile.objects.get(pk=file.pk).removed_at is not None for kind, file in made.items() if file}
    assert removed == {Kind.EVIDENCE: True, Kind.VOUCHER: False}


def test_what_nobody_filed_goes_after_a_day_with_its_row_and_its_bytes(world: World) -> None:
    clerk, at = world.users["clerk"], world.now
    held = hold(kind=Kind.EVIDENCE, upload=Upload("a.png", files.picture("png")), by=clerk, at=at)
    assert list(sweep(at=at + timedelta(hours=23))) == []
    assert stored(held)
    assert len(list(sweep(at=at + DAY))) == 1
    assert not stored(held)
    assert not PrivateFile.objects.exists()


def test_a_person_holds_twenty_files_and_the_oldest_goes_first(world: World, settings: Any) -> None:
    settings.MARKETPLACE_FILES_HELD = 2
    clerk, upload = world.users["clerk"], Upload("a.png", files.picture("png"))
    made = [hold(kind=Kind.EVIDENCE, upload=upload, by=clerk, at=world.now + n * DAY / 100) for n in range(4)]
    assert set(PrivateFile.objects.all()) == set(made[2:])
    assert [stored(file) for file in made] == [False, False, True, True]


def test_bytes_that_no_row_knows_of_are_swept_by_the_clock_and_by_hand(world: World, capsys: Any) -> None:
    storage, now = private_storage(), timezone.now()
    recent = storage.save(f"files/{now - 3 * DAY:%Y/%m/%d}/stray", ContentFile(b"x"))
    ancient = storage.save("files/2020/01/01/stray", ContentFile(b"x"))
    fresh = storage.save("files/2020/01/01/fresh", ContentFile(b"x"))
    for path in (recent, ancient):
        os.utime(storage.path(path), ((now - 3 * DAY).timestamp(),) * 2)
    assert list(sweep(at=now)) == [recent]
    assert [storage.exists(path) for path in (recent, ancient, fresh)] == [False, True, True]
    call_command("sweep_files", "--all-days", "--dry-run")
    assert ancient in capsys.readouterr().out
    assert storage.exists(ancient)
    call_command("sweep_files", "--all-days")
    assert [storage.exists(path) for path in (ancient, fresh)] == [False, True]
    storage.delete(fresh)


def test_signed_sheets_are_filed_with_the_list_and_taken_out_again(world: World) -> None:
    orders = factory.placed(world, tea=1, rice=1, count=2)
    for order in orders:
        factory.delivered(factory.answered(order, world.now), world.users["store"], world.now)
    clerk, at = world.users["clerk"], world.now
    handout = make_handout_list(requisition=orders[0].requisition, by=clerk, at=at)
    with pytest.raises(NothingToFile):
        keep_signed_sheet(handout_list=handout, sheet=None, by=clerk, at=at)
    with pytest.raises(NotPermitted):
        keep_signed_sheet(
            handout_list=handout, sheet=Upload("a.png", files.picture("png")), by=world.users["chair"], at=at
        )
    client = signed_in(world, "clerk")
    page = reverse("marketplace:handout_list", args=[handout.reference])
    address = reverse("marketplace:file_signed_sheet", args=[handout.reference])
    for name in ("签领册1.png", "签领册2.png"):
        client.post(address, {"sheet": SimpleUploadedFile(name, files.picture("png"))})
    text = client.get(page).content.decode()
    assert "签领册1.png" in text
    assert "签领册2.png" in text
    first = SignedSheet.objects.select_related("file", "handout_list__group_order__organisation").first()
    assert first is not None
    opened = client.get(reverse("marketplace:file", args=[first.file.token]))
    assert b"".join(opened.streaming_content)
    looked = AccessLog.objects.get(people_list="signed_sheet")
    assert (looked.seen_by, looked.organisation, looked.is_export) == (clerk, world.union, True)
    take_out_signed_sheet(signed_sheet=first, by=clerk, at=at)
    assert client.get(reverse("marketplace:file", args=[first.file.token])).status_code == 404
    assert SignedSheet.objects.count() == 1
    list(sweep(at=first.file.uploaded_at + DAY))
    assert not PrivateFile.objects.filter(pk=first.file_id).exists()
