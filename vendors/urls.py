"""All addresses of the vendors' workspace."""

from __future__ import annotations

from django.urls import path

from .workspace import (
    certificates,
    desk,
    evidence,
    freight,
    going_back,
    hearing,
    imports,
    listing_parts,
    listings,
    orders,
    sessions,
    vouchers,
)

app_name = "vendors"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("orders/", desk.order_list, name="orders"),
    path("orders/<str:reference>/", orders.order_detail, name="order"),
    path("orders/<str:reference>/answer/", orders.answer, name="answer"),
    path("orders/<str:reference>/dispatch/", orders.dispatch, name="dispatch"),
    path("orders/<str:reference>/fapiao/", orders.fapiao, name="fapiao"),
    path("orders/<str:reference>/fapiao/void/", going_back.void_fapiao, name="void_fapiao"),
    path("orders/<str:reference>/call-off/", going_back.call_off, name="call_off"),
    path("cancellations/<str:reference>/answer/", going_back.answer_cancellation, name="answer_cancellation"),
    path("returns/<str:reference>/answer/", going_back.answer_return, name="answer_return"),
    path("consignments/<str:reference>/note/", orders.dispatch_note, name="dispatch_note"),
    path("listings/", listings.listing_list, name="listings"),
    path("listings/new/", listing_parts.new_listing, name="new_listing"),
    path("listings/<int:pk>/", listing_parts.change_listing, name="change_listing"),
    path("listings/<int:pk>/parts/<slug:part>/", listing_parts.change_part, name="listing_part"),
    path("listings/<int:pk>/submit/", listings.submit, name="submit_listing"),
    path("listings/<int:pk>/withdraw/", listings.withdraw, name="withdraw_listing"),
    path("listings/<int:pk>/history/", listings.history, name="listing_history"),
    path("listings/<int:pk>/evidence/", evidence.price_evidence, name="price_evidence"),
    path("evidence/<int:pk>/withdraw/", evidence.withdraw_price_evidence, name="withdraw_price_evidence"),
    path("reports/", hearing.report_list, name="reports"),
    path("reports/<str:reference>/", hearing.report, name="report"),
    path("ratings/", hearing.rating_list, name="ratings"),
    path("ratings/<int:pk>/answer/", hearing.answer_rating, name="answer_rating"),
    path("listings/<int:pk>/sessions/", sessions.session_list, name="sessions"),
    path("sessions/<int:pk>/", sessions.session_detail, name="session"),
    path("sessions/<int:pk>/hold/", sessions.hold_session_anyway, name="hold_session_anyway"),
    path("sessions/<int:pk>/call-off/", sessions.call_off_session, name="call_off_session"),
    path("vouchers/", vouchers.redeem, name="redeem"),
    path("vouchers/<str:code>/", vouchers.voucher, name="voucher"),
    path("certificates/<slug:slug>/", certificates.certificate_list, name="certificates"),
    path("certificates/<slug:slug>/new/", certificates.new_certificate, name="new_certificate"),
    path("certificates/<slug:slug>/<int:pk>/withdraw/", certificates.withdraw_certificate, name="withdraw_certificate"),
    path("imports/<slug:slug>/", imports.import_list, name="imports"),
    path("imports/<slug:slug>/template/", imports.template, name="import_template"),
    path("imports/<slug:slug>/export/", imports.export, name="export_listings"),
    path("imports/<slug:slug>/<int:pk>/", imports.import_preview, name="import"),
    path("imports/<slug:slug>/<int:pk>/problems/", imports.problems, name="import_problems"),
    path("imports/<slug:slug>/<int:pk>/undo/", imports.undo, name="undo_import"),
    path("freight/<slug:slug>/", freight.freight, name="freight"),
    path("packs/<int:pk>/stock/", listings.stock, name="stock"),
]
