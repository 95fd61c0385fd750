"""A contents page: the stages' models in the order a purchase meets them."""

from .references import ReferenceCounter
from .errands.models import ClockProblem, ClockStep, Errand
from .files import PrivateFile
from .access.models import BarrierComplaint, DisplayWish
from .ledger.models import Account, JournalEntry, LedgerZero, Posting
from .programme.models import Campaign, CampaignTarget, Pairing, Region
from .parties.models import (
    AccessLog,
    Affiliation,
    BuyerOrganisation,
    DeliveryPoint,
    Department,
    ErasureRequest,
    Invitation,
    Member,
    Membership,
    OfficeMembership,
    RosterImport,
    Vendor,
)
from .parties.changes import AccountRecovery, HandOver, Merger, OrganisationName, Subordination
from .allowances.models import Allowance, AllowanceEntry, ReservedShare, RulePack
from .catalogue.models import (
    Category,
    Listing,
    ListingPicture,
    Pack,
    PriceTier,
    Product,
    Stock,
)
from .catalogue.words import ProduceWish, SearchSynonym
from .catalogue.certificates import Certificate, CertificateNotice
from .catalogue.freight_rules import FreightRule, FreightZone
from .catalogue.capacity import SharedCapacity
from .catalogue.sessions import ServiceSession
from .catalogue.prices import PriceChange
from .catalogue.evidence import PriceEvidence
from .catalogue.linkage import FarmerLinkage, LinkageCheck
from .catalogue.edition import CatalogueEdition
from .catalogue.review import CountyReviewTask
from .catalogue.decisions import AfterLook, ListingDecision
from .catalogue.delistings import Delisting, ReEntry
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
    RequisitionFreight,
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
    SignedSheet,
)
from .fulfilment.moves import SessionMove
from .fulfilment.vouchers import Voucher, VoucherCode, VoucherNotice
from .impact.elsewhere.models import (
    ElsewhereImport,
    ElsewhereLine,
    ElsewherePurchase,
    ElsewhereVoiding,
    ElsewhereVoucher,
)
from .impact.models import AttributionCorrection, ImpactEntry, ImpactTotal
from .reports.models import ListingReport
from .ratings.models import Rating, RatingPicture, RatingTotal
from .letters.models import MailWish
