"""An editor puts a shelf of listings on the home page, through the admin's own form; run by ``manage.py shell``."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from home.models import HomePage
from wagtail.test.utils.form_data import nested_form_data, streamfield

page = HomePage.objects.get()
client = Client()
client.force_login(get_user_model().objects.filter(is_superuser=True).first())
shelf = {"heading": "新茶", "rule": "newest", "category": "", "place": "", "listings-count": "0", "count": "4"}
form = nested_form_data({"title": page.title, "slug": page.slug, "body": streamfield([("shelf", shelf)])})
answer = client.post(
    reverse("wagtailadmin_pages:edit", args=[page.pk]),
    {**form, "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1"},
)
assert answer.status_code == 302, answer.content.decode()[:5000]
