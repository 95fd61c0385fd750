"""A person says whether and how to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from .. import audit
from .errors import AddressTaken
from .models import MailWish


@transaction.atomic
def keep_mail_wish(*, email: str, wants_mail: bool, language: str, by: Any, at: datetime) -> MailWish:
    """Keep somebody's own address, wish and language. ``AddressTaken`` by another account."""
    others = get_user_model()._default_manager.exclude(pk=by.pk)
    if email and others.filter(email__iexact=email).exists():
        raise AddressTaken()
    by.email = email
    by.save(update_fields=["email"])
    values = {"wants_mail": wants_mail, "language": language}
    wish, _made = MailWish.objects.update_or_create(user=by, defaults=values)
    audit.record("marketplace.keep_mail_wish", [wish], by=by, at=at)
    return wish
