"""The officers' addresses inside the Wagtail admin."""

from __future__ import annotations

from django.urls import path

from . import complaints, corrections, dashboard, orders, organisations, reconcile, refunds, register, review
from .scope import operator_only

app_name = "marketplace_backoffice"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("lines/<str:dimension>/<str:key>/", dashboard.lines_behind, name="lines"),
    path("register/<str:month>/", register.register, name="register"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<str:reference>/", orders.order_detail, name="order"),
    path("orders/<str:reference>/correct/", corrections.propose, name="correct"),
    path("corrections/<str:reference>/", corrections.decide, name="decide_correction"),
    path("listings/<int:pk>/review/", review.review, name="review"),
    path("vendors/<int:pk>/admit/", review.admit, name="admit"),
    path("online-payments/", operator_only(reconcile.reconcile_page), name="reconcile"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/<str:reference>/", complaints.answer, name="answer_complaint"),
    path("refunds/", operator_only(refunds.refund_list), name="refunds"),
    path("refunds/<str:reference>/", operator_only(refunds.answer_refund), name="answer_refund"),
    path("organisations/", operator_only(organisations.found_organisation), name="organisations"),
]
