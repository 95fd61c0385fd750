"""The buyers' addresses and the members' personal links."""

from __future__ import annotations

from django.urls import path

from . import baskets, desk, grouporders, handouts, invoices, links, orders, people, pick, requisitions, roster

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("organisations/<slug:slug>/purchases/", desk.purchases, name="purchases"),
    path("organisations/<slug:slug>/people/", people.people, name="people"),
    path("organisations/<slug:slug>/people/<int:pk>/end/", people.end_role, name="end_role"),
    path("join/<str:token>/", people.join, name="join"),
    path("organisations/<slug:slug>/roll/", roster.roll, name="roll"),
    path("organisations/<slug:slug>/roll/template/", roster.roster_template, name="roster_template"),
    path("organisations/<slug:slug>/roll/imports/<int:pk>/", roster.roster_import, name="roster_import"),
    path("organisations/<slug:slug>/group-orders/", grouporders.group_order_list, name="group_orders"),
    path("organisations/<slug:slug>/group-orders/new/", grouporders.new_group_order, name="new_group_order"),
    path("group-orders/<str:reference>/", grouporders.group_order_board, name="group_order"),
    path("group-orders/<str:reference>/terms/", grouporders.change_terms, name="group_order_terms"),
    path("group-orders/<str:reference>/offers/", grouporders.offers, name="group_order_offers"),
    path("group-orders/<str:reference>/open/", grouporders.open_order, name="group_order_open"),
    path("group-orders/<str:reference>/close/", grouporders.close, name="group_order_close"),
    path("group-orders/<str:reference>/cancel/", grouporders.cancel, name="group_order_cancel"),
    path("group-orders/<str:reference>/reopen/", grouporders.reopen_order, name="group_order_reopen"),
    path("group-orders/<str:reference>/request/", grouporders.request_purchase, name="group_order_request"),
    path("group-orders/<str:reference>/participants/<int:pk>/", grouporders.choose_for, name="choose_for"),
    path("group-orders/<str:reference>/participants/<int:pk>/revoke/", links.revoke, name="revoke_link"),
    path("group-orders/<str:reference>/links/workbook/", links.links_workbook, name="links_workbook"),
    path("group-orders/<str:reference>/links/sheet/", links.links_sheet, name="links_sheet"),
    path("group-orders/<str:reference>/links/revoke/", links.revoke, name="revoke_links"),
    path("pick/", pick.pick, name="pick"),
    path("pick/<str:token>/", pick.pick_link, name="pick_link"),
    path("organisations/<slug:slug>/basket/", baskets.basket, name="basket"),
    path("organisations/<slug:slug>/basket/add/", baskets.add, name="basket_add"),
    path("requisitions/<str:reference>/", requisitions.requisition_detail, name="requisition"),
    path("requisitions/<str:reference>/submit/", requisitions.submit, name="requisition_submit"),
    path("requisitions/<str:reference>/approve/", requisitions.approve, name="requisition_approve"),
    path("requisitions/<str:reference>/return/", requisitions.return_to_requester, name="requisition_return"),
    path("requisitions/<str:reference>/cancel/", requisitions.cancel, name="requisition_cancel"),
    path("requisitions/<str:reference>/place/", requisitions.place_orders, name="requisition_place"),
    path("requisitions/<str:reference>/hand-out/", requisitions.hand_out, name="requisition_hand_out"),
    path("orders/<str:reference>/", orders.order_detail, name="order"),
    path("orders/<str:reference>/accept/", orders.accept_order, name="accept_order"),
    path("orders/<str:reference>/certificate/", orders.certificate, name="certificate"),
    path("orders/<str:reference>/return/", orders.return_goods, name="return_goods"),
    path("consignments/<str:reference>/receive/", orders.receive_consignment, name="receive"),
    path("invoices/<str:number>/", invoices.invoice_detail, name="invoice"),
    path("invoices/<str:number>/notice/", invoices.payment_notice, name="payment_notice"),
    path("vouchers/<int:pk>/", invoices.voucher, name="voucher"),
    path("receipts/<int:pk>/photo/", invoices.receipt_photo, name="receipt_photo"),
    path("hand-outs/<str:reference>/", handouts.handout_list, name="handout_list"),
]
