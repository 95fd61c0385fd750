"""A buyer rates what a completed order line brought."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..files import Kind
from ..held import FormWithFiles, PrivateFileField
from ..parties.actions import office_day
from ..programme.selectors import county_name
from ..ratings.actions import rate
from ..ratings.models import MOST_PICTURES, MOST_WORDS, Rating
from .access import own_document
from .answers import answer_form
from .orders import ORDERS, order_page

STARS = [
    (5, gettext_lazy("★★★★★ very good")),
    (4, gettext_lazy("★★★★ good")),
    (3, gettext_lazy("★★★ fair")),
    (2, gettext_lazy("★★ poor")),
    (1, gettext_lazy("★ bad")),
]


class RatingForm(FormWithFiles):
    """Stars, a few words, and pictures."""

    stars = forms.TypedChoiceField(
        label=gettext_lazy("How were the goods?"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In words"),
        help_text=gettext_lazy(
            "Goods, packing, delivery. Everybody can read it; write no names and no telephone numbers."
        ),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_PICTURES + 1):
            field = PrivateFileField(
                kind=Kind.RATING_PICTURE,
                label=_("Picture %(number)s") % {"number": number},
                help_text=_("Everybody can see it. Place and device are taken out of the file.") if number == 1 else "",
                required=False,
            )
            field.by = kwargs["by"]
            self.fields[f"picture_{number}"] = field

    @property
    def pictures(self) -> list[Any]:
        """The pictures given."""
        return [self.cleaned_data[f"picture_{number}"] for number in range(1, MOST_PICTURES + 1)]


@login_required
def rate_line(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Rate one line of an order; whose role does not fit is refused when they send it."""
    order = own_document(request, ORDERS, reference=reference)
    line = get_object_or_404(order.lines.select_related("listing", "order"), pk=pk)
    form = RatingForm(request.POST or None, request.FILES or None, by=request.user)

    place = county_name(order.organisation.region, office_day(timezone.now()))

    def again() -> HttpResponse:
        context = {"order": order, "organisation": order.organisation, "line": line, "form": form, "place": place}
        return render(request, "marketplace/workspace/rate.html", context)

    def step(cleaned: dict[str, Any]) -> Rating:
        return rate(
            line=line,
            stars=cleaned["stars"],
            words=cleaned["words"],
            pictures=form.pictures,
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again()
    done = _("Thank you. Everybody can read your rating now, without your name.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)
