"""The officers' addresses inside the Wagtail admin."""

from __future__ import annotations

from django.urls import path

from . import (
    certificates,
    complaints,
    corrections,
    dashboard,
    elsewhere,
    health,
    orders,
    organisations,
    privacy,
    queue,
    reconcile,
    refunds,
    register,
    review,
    standing,
    wishes,
)
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
    path("purchases-elsewhere/", elsewhere.purchase_list, name="elsewhere_list"),
    path("purchases-elsewhere/<str:reference>/", elsewhere.purchase_detail, name="elsewhere"),
    path("purchases-elsewhere/<str:reference>/decide/", elsewhere.decide, name="decide_elsewhere"),
    path("purchases-elsewhere/<str:reference>/void/", elsewhere.propose_voiding, name="propose_voiding"),
    path("purchases-elsewhere/<str:reference>/void/decide/", elsewhere.decide_voiding, name="decide_voiding"),
    path("listings/queue/", queue.queue, name="queue"),
    path("listings/after-looks/", queue.after_looks, name="after_looks"),
    path("listings/after-looks/<int:pk>/", queue.after_look, name="after_look"),
    path("listings/<int:pk>/review/", review.review, name="review"),
    path("listings/<int:pk>/linkages/", certificates.linkages, name="linkages"),
    path("certificates/", certificates.certificate_list, name="certificates"),
    path("certificates/<int:pk>/", certificates.certificate, name="certificate"),
    path("listings/<int:pk>/review/preview/", review.preview, name="review_preview"),
    path("listings/<int:pk>/delist/", review.delist_page, name="delist"),
    path("vendors/<int:pk>/admit/", review.admit, name="admit"),
    path("online-payments/", operator_only(reconcile.reconcile_page), name="reconcile"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/<str:reference>/", complaints.answer, name="answer_complaint"),
    path("wishes/", wishes.wish_list, name="wishes"),
    path("refunds/", operator_only(refunds.refund_list), name="refunds"),
    path("refunds/<str:reference>/", operator_only(refunds.answer_refund), name="answer_refund"),
    path("health/", operator_only(health.health), name="health"),
    path("health/clock/", operator_only(health.run_step), name="run_clock_step"),
    path("health/errands/<int:pk>/", operator_only(health.try_errand), name="try_errand"),
    path("privacy/", operator_only(privacy.privacy_page), name="privacy"),
    path("privacy/<str:reference>/", operator_only(privacy.decide_erasure), name="decide_erasure"),
    path("changes/", standing.changes, name="changes"),
    path("changes/<slug:slug>/", standing.organisation, name="organisation"),
    path("changes/<slug:slug>/rename/", operator_only(standing.rename), name="rename"),
    path("changes/<slug:slug>/upper/", operator_only(standing.set_upper), name="set_upper"),
    path("changes/<slug:slug>/merge/", standing.merge_into, name="merge_into"),
    path("mergers/<int:pk>/", standing.decide_merger, name="decide_merger"),
    path("recoveries/<int:pk>/", standing.decide_recovery, name="decide_recovery"),
    path("organisations/", operator_only(organisations.found_organisation), name="organisations"),
]
