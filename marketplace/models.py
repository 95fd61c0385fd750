"""A contents page: the stages' models in the order a purchase meets them."""

from .references import ReferenceCounter
from .ledger.models import Account, JournalEntry, LedgerZero, Posting
from .programme.models import Campaign, CampaignTarget, Pairing, Region
from .parties.models import (
    Affiliation,
    BuyerOrganisation,
    DeliveryPoint,
    Department,
    Invitation,
    Member,
    Membership,
    OfficeMembership,
    RosterImport,
    Vendor,
)
from .parties.changes import AccountRecovery, HandOver, Merger, OrganisationName, Subordination
from .allowances.models import Allowance, AllowanceEntry, ReservedShare, RulePack
from .catalogue.models import Category, Listing, ListingPicture, Pack, PriceTier, Product, Stock
from .catalogue.review import CountyReviewTask
from .grouporders.models import (
    ChoiceLine,
    GroupOrder,
    GroupOrderOffer,
    GroupOrderPoint,
    MemberChoice,
    Package,
    PackageItem,
    Participant,
    PersonalLink,
)
from .orders.models import (
    Approval,
    BasketLine,
    DeliveryLine,
    OrderDelivery,
    OrderLine,
    Override,
    PurchaseOrder,
    Requisition,
    RequisitionFinding,
    RequisitionLine,
    RequisitionShare,
    StockReservation,
)
from .payments.models import (
    Checkout,
    Fapiao,
    GatewayEvent,
    Invoice,
    InvoiceAdjustment,
    InvoiceLine,
    Payment,
    Refund,
)
from .fulfilment.models import (
    Acceptance,
    AcceptanceLine,
    Cancellation,
    CancellationLine,
    Consignment,
    ConsignmentLine,
    GoodsReceipt,
    GoodsReceiptLine,
    GoodsReturn,
    GoodsReturnLine,
    HandoutList,
    HandoutRow,
)
from .impact.models import AttributionCorrection, ImpactEntry, ImpactTotal
