"""Whether and in which language the signed-in person is written to."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..fields import choice
from ..letters.actions import keep_mail_wish
from ..letters.models import MailWish
from .answers import answer_form


class MailWishForm(forms.Form):
    """An address, a switch and a language."""

    email = forms.EmailField(
        label=gettext_lazy("e-mail address"),
        required=False,
        help_text=gettext_lazy("Used for these mails and for a forgotten password."),
    )
    wants_mail = forms.BooleanField(label=gettext_lazy("mail me what waits for me"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("language of the mails"), choices=())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # a form's own arguments
        choice(self, "language").choices = settings.LANGUAGES


@login_required
def mail_wishes(request: HttpRequest) -> HttpResponse:
    """The form, as it stands."""
    wish = MailWish.objects.filter(user=request.user.pk).first() or MailWish()
    standing = {
        "email": getattr(request.user, "email", ""),
        "wants_mail": wish.wants_mail,
        "language": wish.language or settings.LANGUAGE_CODE,
    }
    form = MailWishForm(request.POST or None, initial=standing)

    def page() -> HttpResponse:
        return render(request, "marketplace/workspace/mail_wishes.html", {"form": form})

    if request.method != "POST":
        return page()
    return answer_form(
        request,
        form,
        lambda cleaned: keep_mail_wish(by=request.user, at=timezone.now(), **cleaned),
        done=_("Your wishes are saved."),
        to=lambda wish: "marketplace:mail_wishes",
        again=page,
    )
