"""The hand-out list: by department, printable with room for signatures, ticked when the goods are given."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..fields import whole_number
from ..fulfilment.actions import tick_rows
from ..fulfilment.models import HandoutList
from ..fulfilment.selectors import shares
from .access import with_roles
from .answers import attempt


@login_required
def handout_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the list; POST keeps what was ticked and unticked on it."""
    document = get_object_or_404(HandoutList.objects.select_related("group_order__organisation"), reference=reference)
    organisation = with_roles(request, document.group_order.organisation)
    if request.method == "POST":
        handed, shown = (
            [pk for text in request.POST.getlist(name) if (pk := whole_number(text)) is not None]
            for name in ("handed", "shown")
        )
        return attempt(
            request,
            lambda: tick_rows(handout_list=document, handed=handed, shown=shown, by=request.user, at=timezone.now()),
            done=_("The ticks are kept."),
            to=reverse("marketplace:handout_list", args=[reference]),
        )
    rows = shares(document)
    departments = [
        (" · ".join(filter(None, names)), list(group))
        for names, group in groupby(rows, key=lambda share: (share.row.place, share.row.department))
    ]
    context = {
        "document": document,
        "group_order": document.group_order,
        "organisation": organisation,
        "departments": departments,
        "handed": sum(share.row.handed_at is not None for share in rows),
        "count": len(rows),
    }
    return render(request, "marketplace/workspace/handout_list.html", context)
