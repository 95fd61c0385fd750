"""The demonstration's member: let in as a real one is, by a personal link made for the occasion."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import GroupOrder


@require_POST
def become_member(request: HttpRequest) -> HttpResponse:
    """Open the pick page of somebody who has not chosen yet; 404 outside a demonstration."""
    now = timezone.now()
    group_order = GroupOrder.objects.filter(state="open", closes_at__gt=now).order_by("pk").first()
    if not settings.DEMO or group_order is None:
        raise Http404
    links = issue_links(group_order=group_order, by=group_order.opened_by, at=now)
    token = next((token for person, token in links if not person.choices.exists()), links[0][1])
    return redirect("marketplace:pick_link", token)
