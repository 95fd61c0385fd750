"""The two addresses measured besides Oscar's own."""

from django.apps import apps
from django.urls import include, path

from .views import BestList, constant

urlpatterns = [
    path("constant/", constant),
    path("best/", BestList.as_view()),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
