"""A stage set with one of everything a page can show, and everybody who might knock at its door."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook
from PIL import Image as PillowImage
from wagtail.images.models import Image

from marketplace.access.actions import file_complaint
from marketplace.access.models import BarrierComplaint
from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.decisions import AfterLook
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.evidencing import enter_evidence
from marketplace.catalogue.models import Listing
from marketplace.errands.models import Errand
from marketplace.files import Kind, keep
from marketplace.fulfilment.actions import Count, keep_signed_sheet
from marketplace.fulfilment.models import Cancellation, Consignment, GoodsReceipt, GoodsReturn, HandoutList, SignedSheet
from marketplace.fulfilment.vouchering import issue_vouchers
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import GroupOrder, Participant
from marketplace.grouporders.terms import Terms
from marketplace.impact.corrections import Attribution
from marketplace.impact.elsewhere import actions, importing
from marketplace.impact.elsewhere.models import ElsewhereImport, ElsewherePurchase
from marketplace.impact.models import AttributionCorrection
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.parties import actions as parties
from marketplace.parties import handing as handing_over
from marketplace.parties import recovery, tree
from marketplace.parties.changes import AccountRecovery, HandOver, Merger, Subordination
from marketplace.parties.models import (
    Affiliation,
    BuyerOrganisation,
    DeliveryPoint,
    ErasureRequest,
    Invitation,
    Member,
    Role,
    RosterImport,
    Vendor,
)
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Checkout, Invoice, Payment, Refund
from marketplace.purchase.correct import propose_correction
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.erase import ask_erasure
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.merge import propose_merger
from marketplace.purchase.move import propose_move
from marketplace.purchase.pay import record_payment
from marketplace.purchase.place import place
from marketplace.purchase.send_back import propose_return
from marketplace.ratings.models import Rating
from marketplace.reports.actions import acknowledge_report, file_report
from marketplace.reports.models import ListingReport
from marketplace.uploads import Upload
from tests.factories import elsewhere, imports
from tests.factories import world as factory
from tests.factories.world import World
from vendors.listing.importing import upload_listings
from vendors.listing.models import ListingImport

ALL_ROLES = [str(role) for role in Role.values]


@dataclass
class Stage:
    """The union's documents, named; and a rival union with documents of its own."""

    world: World
    rival: BuyerOrganisation
    order: PurchaseOrder
    requisition: Requisition
    waiting: Requisition
    group_order: GroupOrder
    open_order: GroupOrder
    draft_order: GroupOrder
    rival_order: GroupOrder
    consignment: Consignment
    receipt: GoodsReceipt
    payment: Payment
    invoice: Invoice
    handout: HandoutList
    signed: SignedSheet
    roster: RosterImport
    listing: Listing
    applicant: Vendor
    pick_token: str
    invitation: Invitation
    join_token: str
    correction: AttributionCorrection
    running: PurchaseOrder
    unanswered: PurchaseOrder
    cancellation: Cancellation
    goods_return: GoodsReturn
    checkout: Checkout
    refund: Refund
    errand: Errand
    individual: BuyerOrganisation
    point: DeliveryPoint
    tie: Subordination
    asking: Subordination
    handing: HandOver
    merger: Merger
    recovery: AccountRecovery
    recover_token: str
    basket_requisition: Requisition
    affiliation: Affiliation
    leaver: Member
    erasure: ErasureRequest
    account_erasure: ErasureRequest
    elsewhere: ElsewherePurchase
    elsewhere_draft: ElsewherePurchase
    sheet: ElsewhereImport
    complaint: BarrierComplaint
    certificate: Certificate
    look: AfterLook
    evidence: PriceEvidence
    report: ListingReport
    rating: Rating
    listing_import: ListingImport
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def union(self) -> BuyerOrganisation:
        return self.world.union


def scan() -> Upload:
    """A small real picture."""
    buffer = io.BytesIO()
    PillowImage.new("RGB", (8, 8), "#fff").save(buffer, "PNG")
    return Upload("scan.png", buffer.getvalue())


def roster_file() -> bytes:
    """A roster of one person."""
    book = Workbook()
    book.active.append(["姓名", "部门", "工号"])
    book.active.append(["新来的", "一部", "X001"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def terms(world: World, organisation: BuyerOrganisation) -> Terms:
    """The terms of a small group order of this organisation."""
    return Terms(
        title=f"慰问 {organisation.name}",
        campaign=world.campaign,
        purpose="holiday_gifts",
        fund_source="union",
        allowance_per_member=yuan(300),
        delivery_point=organisation.delivery_points.get(),
        opens_at=world.now - timedelta(hours=1),
        closes_at=world.now + timedelta(days=3),
    )


def draft(world: World, organisation: BuyerOrganisation, by: User) -> GroupOrder:
    """A group order being prepared, with something to choose."""
    made = grouporders.create_group_order(
        organisation=organisation, terms=terms(world, organisation), by=by, at=world.now
    )
    packs = [world.tea_pack, world.rice_pack]
    grouporders.set_offers(group_order=made, packs=packs, by=by, at=world.now)
    return made


def in_review(world: World) -> Listing:
    """The tea, published, and changed once more: the change waits for review."""
    person = world.tea_vendor.people.get().user
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.summary, changed.tax_rate = "新的简介", "9"
    catalogue.save_listing_draft(listing=changed, by=person, at=world.now)
    catalogue.submit_listing(listing=changed, by=person, at=world.now)
    return Listing.objects.get(pk=world.tea.pk)


def small_edit(world: World) -> AfterLook:
    """The tea's season changed by its vendor, published at once."""
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.season = ",3,4,"
    catalogue.save_listing_draft(listing=changed, by=world.tea_vendor.people.get().user, at=world.now)
    catalogue.submit_listing(listing=changed, by=world.tea_vendor.people.get().user, at=world.now)
    return AfterLook.objects.get(listing=world.tea)


def deliver(world: World, order: PurchaseOrder) -> tuple[Consignment, GoodsReceipt]:
    """Sent, received with a photo, and accepted."""
    factory.answered(order, world.now)
    quantities = {line.pk: line.quantity_ordered for line in order.lines.all()}
    consignment = dispatch(order=order, quantities=quantities, by=factory.seat(order), at=world.now)
    counts = [Count(row.pk, row.quantity) for row in consignment.lines.all()]
    store = world.users["store"]
    receipt = receive(consignment=consignment, counts=counts, photo=scan(), by=store, at=world.now)
    accept(order=order, by=store, at=world.now)
    return consignment, receipt


def set_stage(world: World) -> Stage:
    """One of everything."""
    clerk = world.users["clerk"]
    Image.objects.update(title="picture")  # pictures are everybody's: their titles must not be taken for a listing's
    rival = factory.organisation("Rival", "trade_union", world.now, rival=ALL_ROLES)
    world.users["rival"] = User.objects.get(username="rival")
    rival.members.create(name="别家人", joined_on=date(2020, 1, 1))
    world.users["operator"] = User.objects.create_superuser("operator", password="secret")
    placed = factory.placed(world, tea=1, rice=1, count=3)
    (consignment, receipt), _rest = [deliver(world, order) for order in placed]
    requisition = Requisition.objects.get(pk=placed[0].requisition_id)
    invoice = Invoice.objects.get(requisition=requisition)
    transfer = Receipt("BANK1", yuan(10), date(2026, 11, 23))
    payment = record_payment(
        invoice=invoice, receipt=transfer, voucher=scan(), by=world.users["treasurer"], at=world.now
    )
    handout = make_handout_list(requisition=requisition, by=clerk, at=world.now)
    signed = keep_signed_sheet(handout_list=handout, sheet=scan(), by=clerk, at=world.now)
    open_order = grouporders.open_group_order(group_order=draft(world, world.union, clerk), by=clerk, at=world.now)
    holder, token = issue_links(group_order=open_order, by=clerk, at=world.now)[0]
    rival_order = draft(world, rival, world.users["rival"])
    rival_order = grouporders.open_group_order(group_order=rival_order, by=world.users["rival"], at=world.now)
    invitation, join_token = parties.invite(
        organisation=world.union, invitee_name="新人", roles=["receiver"], by=world.users["admin"], at=world.now
    )
    roster = parties.upload_roster(
        organisation=world.union, roster=Upload("r.xlsx", roster_file()), is_complete=False, by=clerk, at=world.now
    )
    applicant = Vendor.objects.create(
        name="New", slug="new", kind="cooperative", home=factory.region("341523108901"), applied_at=world.now
    )
    return Stage(
        world=world,
        rival=rival,
        order=PurchaseOrder.objects.get(pk=placed[0].pk),
        requisition=requisition,
        waiting=waiting(world),
        group_order=requisition.group_order,
        open_order=open_order,
        draft_order=draft(world, world.union, clerk),
        rival_order=rival_order,
        consignment=consignment,
        receipt=receipt,
        payment=payment,
        invoice=invoice,
        handout=handout,
        signed=signed,
        roster=roster,
        look=small_edit(world),
        listing_import=upload_listings(
            vendor=world.tea_vendor,
            sheet=imports.sheet([{**imports.NEW, "product": world.tea.product.name, "pictures": "a.jpg"}]),
            pictures=imports.pictures("a.jpg"),
            by=world.users["teaco"],
            at=world.now,
        ),
        listing=in_review(world),
        applicant=applicant,
        pick_token=token,
        invitation=invitation,
        join_token=join_token,
        **going_back(world, placed[0], payment),
        **private(world),
        **bought_elsewhere(world),
        certificate=factory.certified(world.tea, at=world.now, is_confirmed=False),
        evidence=shown_price(world),
        report=acknowledge_report(
            report=file_report(
                listing=world.tea, reason="other", words="不对", contact="0563", evidence=scan(), at=world.now
            ),
            by=world.officer,
            at=world.now,
        ),
        rating=a_rating(world, placed[0]),
        complaint=file_complaint(hindrance="读屏软件读不出数量", by=None, at=world.now),
        **standing(world, rival),
        extra=outing(world, holder),
    )


def shown_price(world: World) -> PriceEvidence:
    """What the tea costs elsewhere, with a paper."""
    evidence = PriceEvidence(seller="集市", price=yuan(90), seen_on=date(2026, 11, 1))
    return enter_evidence(evidence=evidence, listing=world.tea, paper=scan(), by=world.users["teaco"], at=world.now)


def a_rating(world: World, order: PurchaseOrder) -> Rating:
    """The union's rating of the tea, as it stands once a purchase is completed."""
    made = Rating.objects.create(
        listing=world.tea,
        organisation=world.union,
        line=order.lines.get(),
        stars=4,
        words="不错",
        buyer_kind="trade_union",
        district="宣州区",
        rated_at=world.now,
        rated_by=world.users["store"],
    )
    file = keep(kind=Kind.RATING_PICTURE, upload=scan(), by=world.users["store"], at=world.now)
    made.pictures.create(file=file)
    return made


def outing(world: World, holder: Participant) -> dict[str, Any]:
    """The union's places on a session of the tea vendor, with vouchers: the first is that of the member with the link."""
    clerk, chair, at = world.users["clerk"], world.users["chair"], world.now
    listing = factory.service(world, factory.session_plan(world), factory.session_plan(world, 30))
    (seat, _family) = factory.packs_of_session(listing)
    first, second = listing.sessions.all()
    orders.set_basket_line(organisation=world.union, pack=world.rice_pack, quantity=0, by=clerk, at=at)
    orders.set_basket_line(organisation=world.union, pack=seat, quantity=2, by=clerk, at=at)
    made = orders.request_from_basket(
        organisation=world.union, campaign=world.campaign, purpose="activity", fund_source="union",
        delivery_point=world.union.delivery_points.order_by("pk")[0], by=clerk, at=at,
    )  # fmt: skip
    made = orders.submit_requisition(requisition=made, by=clerk, at=at)
    made = orders.approve_requisition(requisition=made, by=chair, at=at)
    (order,) = place(requisition=made, by=chair, at=at)
    factory.answered(order, at)
    voucher, code = issue_vouchers(order=order, by=clerk, at=at)[0]
    voucher.participant = holder
    voucher.save(update_fields=["participant"])
    orders.set_basket_line(organisation=world.union, pack=world.rice_pack, quantity=1, by=clerk, at=at)
    asked = {"line": order.lines.get(), "session": second, "reason": "大雪"}
    move = propose_move(order=order, side="vendor", by=world.users["teaco"], at=at, **asked)
    return {"outing": order, "session": first, "voucher": voucher, "code": code, "move": move}


def private(world: World) -> dict[str, Any]:
    """Somebody who buys with their own money, and asked that it counts for the union."""
    world.users["caring"] = user = User.objects.create_user("caring", password="secret")
    buyer = parties.sign_up_individual(name="周小满", region=world.union.region, by=user, at=world.now)
    asked = parties.ask_affiliation(person=buyer, name="周小满", organisation=world.union, by=user, at=world.now)
    leaver = world.union.members.create(name="将离会", joined_on=date(2020, 1, 1))
    return {
        "individual": buyer,
        "affiliation": asked,
        "leaver": leaver,
        "erasure": ask_erasure(member=leaver, by=None, at=world.now),
        "account_erasure": ask_erasure(account=user, by=user, at=world.now),
    }


def bought_elsewhere(world: World) -> dict[str, Any]:
    """The union's purchases made elsewhere: one waits for an officer, one is being prepared, and a sheet of more."""
    clerk, at = world.users["clerk"], world.now
    made = []
    for seller in ("山里人家", "湖边人家"):
        typed = elsewhere.entry(world, seller_name=seller)
        purchase = actions.enter_purchase(organisation=world.union, entry=typed, by=clerk, at=at)
        actions.add_vouchers(purchase=purchase, vouchers=[scan()], by=clerk, at=at)
        made.append(purchase)
    actions.submit_purchase(purchase=made[0], by=clerk, at=at)
    sheet = importing.upload_sheet(
        organisation=world.union, filename="e.xlsx", content=elsewhere.sheet(), voucher=scan(), by=clerk, at=at
    )
    return {"elsewhere": made[0], "elsewhere_draft": made[1], "sheet": sheet}


def standing(world: World, rival: BuyerOrganisation) -> dict[str, Any]:
    """A tie upwards, one asked for from below, a hand-over, a merger and a lost account, all waiting."""
    at, admin, operator, day = world.now, world.users["admin"], world.users["operator"], date(2026, 11, 23)
    asked = {"organisation": world.union, "by": admin, "at": at}
    tie = tree.ask_upper(upper=rival, begins_on=day, **asked)
    below = factory.organisation("Below", "trade_union", at, below=["administrator"])
    asking = tree.ask_upper(
        organisation=below, upper=world.union, begins_on=day, by=User.objects.get(username="below"), at=at
    )
    handing, _token = handing_over.arrange_hand_over(
        giver=world.users["store"],
        roles=["receiver"],
        begins_on=day + timedelta(9),
        successor=world.users["clerk"],
        **asked,
    )
    merger = propose_merger(
        absorbed=below, into=world.union, takes_effect_on=day + timedelta(9), reason="改革", by=operator, at=at
    )
    second = User.objects.create_superuser("second-operator", password="secret")
    lost = recovery.ask_recovery(person=world.users["treasurer"], reason="忘了", **asked)
    _lost, token = recovery.confirm_recovery(recovery=lost, identity_check="看过", by=second, at=at)
    waiting_one = recovery.ask_recovery(person=world.users["chair"], reason="忘了", **asked)
    point = parties.add_delivery_point(
        organisation=world.union,
        name="二库",
        address="示范路2号",
        contact_name="乙",
        phone="13800000002",
        by=admin,
        at=at,
    )
    world.union.departments.create(name="一部", position=1)
    orders.set_basket_line(organisation=world.union, pack=world.rice_pack, quantity=1, by=world.users["clerk"], at=at)
    wanted = orders.request_from_basket(
        organisation=world.union, campaign=world.campaign, purpose="canteen", fund_source="union",
        delivery_point=point, by=world.users["clerk"], at=at,
    )  # fmt: skip
    return {
        "point": point, "tie": tie, "asking": asking, "handing": handing, "merger": merger, "recovery": waiting_one,
        "recover_token": token, "basket_requisition": wanted,
    }  # fmt: skip


def going_back(world: World, order: PurchaseOrder, payment: Payment) -> dict[str, Any]:
    """A cancellation and a return with something to show, a payment page and a refund."""
    asked = {"order": order, "side": "buyer", "fault": "both", "reason": "改期", "proposed_at": world.now}
    evidence = keep(kind=Kind.EVIDENCE, upload=scan(), by=world.users["store"], at=world.now)
    cancellation = Cancellation.objects.create(reference="CX-STAGE", withdrawn_at=world.now, evidence=evidence, **asked)
    goods_return = propose_return(
        order=order,
        quantities={line.pk: 1 for line in order.lines.all()},
        reason="受潮",
        evidence=scan(),
        by=world.users["store"],
        at=world.now,
    )
    invoice, at = payment.invoice, world.now
    money = {"invoice": invoice, "gateway": "stripe", "amount": yuan(10)}
    checkout = Checkout.objects.create(
        reference="CK-STAGE", opened_at=at, opened_by=world.users["treasurer"], expires_at=at, **money
    )
    refund = Refund.objects.create(reference="RF-STAGE", payment=payment, requested_at=at, **money)
    running, unanswered = factory.placed(world, tea=1, rice=1, count=1)
    factory.answered(running, at)
    correction = propose_correction(
        order=order,
        to=Attribution(None, order.purpose, order.fund_source),
        reason="记错",
        by=world.users["clerk"],
        at=at,
    )
    return {
        "correction": correction,
        "running": PurchaseOrder.objects.select_related("requisition__invoice").get(pk=running.pk),
        "unanswered": unanswered,
        "cancellation": cancellation,
        "goods_return": goods_return,
        "checkout": checkout,
        "refund": refund,
        "errand": Errand.objects.create(
            kind="send_refund", key=refund.reference, asked_at=at, due_at=at, given_up_at=at
        ),
    }


def waiting(world: World) -> Requisition:
    """The union's direct requisition, submitted and not decided; and a basket beside it."""
    clerk, at = world.users["clerk"], world.now
    for _ in range(2):
        orders.set_basket_line(organisation=world.union, pack=world.rice_pack, quantity=1, by=clerk, at=at)
        if not Requisition.objects.filter(group_order=None).exists():
            made = orders.request_from_basket(
                organisation=world.union,
                campaign=world.campaign,
                purpose="canteen",
                fund_source="union",
                delivery_point=world.union.delivery_points.get(),
                by=clerk,
                at=at,
            )
    return orders.submit_requisition(requisition=made, by=clerk, at=at)


def visitor(stage: Stage, who: str) -> Client:
    """Somebody at the door: ``anonymous``, ``member`` (with a pick cookie), or a user by name."""
    client = Client(headers={"accept-language": "en"})
    if who == "member":
        client.get(reverse("marketplace:pick_link", args=[stage.pick_token]))
    elif who != "anonymous":
        client.force_login(User.objects.get(username=who))
    return client


def text_of(answer: Any) -> str:
    """What an answer says, escapes of JSON undone; a file is read to its end."""
    raw = b"".join(answer).decode(errors="replace")
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), raw)


def is_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def came_in(answer: Any) -> bool:
    return answer.status_code in (200, 422) or (answer.status_code == 302 and not is_sign_in(answer))


def stayed_out(answer: Any) -> bool:
    return answer.status_code in (403, 404) or is_sign_in(answer) or went_home(answer)


def went_home(answer: Any) -> bool:
    """Wagtail sends a signed-in person without the right to its own front page, with a message."""
    return answer.status_code == 302 and answer["Location"] == "/admin/"


def everything() -> dict[str, list[Any]]:
    """All rows of the two apps, to compare."""
    models = [*apps.get_app_config("marketplace").get_models(), *apps.get_app_config("vendors").get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
