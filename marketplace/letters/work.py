"""The two errands of the post: find who reads a letter, and send each reader theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from ..errands.actions import LETTER, TELL, schedule
from ..errands.work import add_kind
from .errors import MailNotSent
from .letters import LETTERS
from .models import MailWish

OLD_NEWS = timedelta(days=3)  # after an outage nobody wants the mail of last week


def register() -> None:
    """Called once when the app is ready."""
    add_kind(TELL, find_readers)
    add_kind(LETTER, send)


def find_readers(key: str, at: datetime) -> None:
    """The errand: one letter for each reader who has an address and wants mail."""
    name, reference, moment = key.split(":")
    letter = LETTERS[name]
    if at - datetime.fromtimestamp(int(moment), UTC) > OLD_NEWS:
        return
    document = letter.find(reference)
    readers = [user for user in letter.readers(document) if user.email and user.is_active]
    unwilling = MailWish.objects.filter(user__in=readers if letter.whether_wished else [], wants_mail=False)
    if not letter.still_holds(document):
        return
    passed_over = set(unwilling.values_list("user_id", flat=True))
    schedule(LETTER, [f"{key}:{user.pk}" for user in readers if user.pk not in passed_over], at=at)


def send(key: str, at: datetime) -> None:
    """The errand: one mail to one reader, unless the step was taken meanwhile. ``MailNotSent``."""
    name, reference, moment, reader_pk = key.split(":")
    letter, document = LETTERS[name], LETTERS[name].find(reference)
    reader = get_user_model()._default_manager.filter(pk=reader_pk, is_active=True).first()
    too_late = at - datetime.fromtimestamp(int(moment), UTC) > OLD_NEWS
    if reader is None or not reader.email or too_late or not letter.still_holds(document):
        return
    wish = MailWish.objects.filter(user=reader).first() or MailWish(user=reader)
    if letter.whether_wished and not wish.wants_mail:
        return
    with translation.override(wish.language or settings.LANGUAGE_CODE):
        subject, body = written(name, document, letter.address(document))
    mail = EmailMessage(subject, body, to=[reader.email], headers={"Auto-Submitted": "auto-generated"})
    try:
        mail.send()
    except (OSError, SMTPException) as problem:
        raise MailNotSent(reason=type(problem).__name__) from problem


def written(name: str, document: Any, address: str) -> tuple[str, str]:
    """Subject and text in the language of the moment: the first line of the template, and the rest."""
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "").rstrip("/")
    context = {"document": document, "link": base + address, "wishes": base + reverse("marketplace:mail_wishes")}
    subject, _line, body = render_to_string(f"marketplace/letters/{name}.txt", context).strip().partition("\n")
    return subject.strip(), body.strip() + "\n"
