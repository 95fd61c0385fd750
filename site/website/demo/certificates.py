"""Certificates of every kind and state, and what officers found of how farming households benefit."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.certifying import confirm_certificate, note_expiry, refuse_certificate
from marketplace.catalogue.linkage import FarmerLinkage, check_linkage
from marketplace.parties.actions import office_day
from marketplace.uploads import Upload
from vendors.listing.certificates import enter_certificate

from .data import read_world
from .founding import REVIEWER, Cast


def certify(cast: Cast) -> None:
    """Entered by the vendors, answered by the officer, and what has ended noticed by the clock."""
    for row in read_world()["certificate"]:
        _certificate(cast, row)
    for row in read_world()["linkage"]:
        _check(cast, row)
    for ended in Certificate.objects.confirmed().filter(valid_to__lt=office_day(cast.at(-5))):
        note_expiry(certificate=ended, on=office_day(cast.at(-5)), at=cast.at(-5))


def _certificate(cast: Cast, row: dict[str, Any]) -> None:
    vendor, officer = cast.vendors[row["vendor"]], cast.users[REVIEWER]
    entered = max(row["from_day"] + 1, -150)
    certificate = Certificate(
        listing=cast.listings.get(row.get("listing", "")),
        kind=row["kind"],
        system=row.get("system", ""),
        number=row["number"],
        issuer=row["issuer"],
        valid_from=office_day(cast.at(row["from_day"])),
        valid_to=office_day(cast.at(row["to_day"])) if "to_day" in row else None,
    )
    person = vendor.people.get().user
    scan = Upload("certificate.png", paper(row["number"]))
    made = enter_certificate(certificate=certificate, vendor=vendor, scan=scan, by=person, at=cast.at(entered))
    if row.get("state") == "refused":
        refuse_certificate(certificate=made, reason=row["reason"], by=officer, at=cast.at(entered + 1))
    elif "state" not in row:
        day = cast.at(entered + 1)
        confirm_certificate(certificate=made, on=office_day(day), by=officer, at=day)


def _check(cast: Cast, row: dict[str, Any]) -> None:
    if "level" not in row:
        return
    linkage = FarmerLinkage.objects.get(listing=cast.listings[row["listing"]], mode=row["mode"])
    check_linkage(linkage=linkage, level=row["level"], note=row["note"], by=cast.users[REVIEWER], at=cast.at(-60))


def paper(number: str) -> bytes:
    """A drawn sheet that stands for the photograph of a certificate."""
    picture = Image.new("RGB", (900, 1200), "#fdfaf2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((30, 30, 870, 1170), outline="#1f5c45", width=10)
    draw.rectangle((50, 50, 850, 1150), outline="#b5d0c0", width=3)
    draw.text((450, 220), "SPECIMEN", fill="#21302a", anchor="mm", font_size=90)
    draw.text((450, 330), number.encode("ascii", "ignore").decode().strip(), fill="#566159", anchor="mm", font_size=40)
    for place in range(6):
        draw.line((150, 470 + 70 * place, 750 - 60 * (place % 3), 470 + 70 * place), fill="#e3dccc", width=8)
    draw.ellipse((560, 880, 780, 1100), outline="#a3261d", width=8)
    draw.text((670, 990), "DEMO", fill="#a3261d", anchor="mm", font_size=56)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
