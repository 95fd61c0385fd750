"""Who trades: buyers' organisations with their people and roll, vendors, offices and delivery points."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..files import PrivateFile
from ..masking import masked_name, masked_phone
from ..programme.models import Region


def masked(phone: str) -> str:
    """A phone number of which enough is shown to know it again: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else ""


class BuyerOrganisation(models.Model):
    """Who buys: a trade union, a social organisation, an agency, or one caring individual. [UBL BuyerCustomerParty]

    An individual is a buyer like the others, in whom one person holds every role; its name is masked from the start.
    """

    class Kind(models.TextChoices):
        TRADE_UNION = "trade_union", _("trade union")
        SOCIAL_ORGANISATION = "social_organisation", _("social organisation")
        AGENCY = "agency", _("agency")
        INSTITUTION = "institution", _("public institution")
        COMPANY = "company", _("company")
        OTHER = "other", _("other")
        INDIVIDUAL = "individual", _("caring individual")

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    social_credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    fapiao_title = models.CharField(
        _("fapiao title"),
        max_length=120,
        help_text=_("As the fapiao must read; a union's own name, not the employer's."),
    )
    created_at = models.DateTimeField(_("created at"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="former", verbose_name=_("merged into")
    )
    roles: frozenset[str]  # the reader's in it, on a signed-in screen

    class Meta:
        verbose_name = _("buyer's organisation")
        verbose_name_plural = _("buyers' organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None, merged_into=None) | Q(closed_on__isnull=False, merged_into__isnull=False),
                name="closed_with_a_pointer",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def county_code(self) -> str:
        """The county whose officers see this organisation's purchases."""
        return self.region.county_code

    @property
    def is_individual(self) -> bool:
        """Whether one person buys here with their own money: without approval, and paying first."""
        return self.kind == self.Kind.INDIVIDUAL


class Role(models.TextChoices):
    """What a person may do for an organisation; one person may hold several."""

    ADMINISTRATOR = "administrator", _("administrator")
    ORGANISER = "organiser", _("organiser")
    REQUESTER = "requester", _("requester")
    APPROVER = "approver", _("approver")
    RECEIVER = "receiver", _("receiver")
    TREASURER = "treasurer", _("treasurer")


class Membership(models.Model):
    """One role of one person in one organisation, while it lasts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_at=None),
                name="role_once_per_person_and_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Affiliation(models.Model):
    """An individual's purchases are counted for an organisation as well, once it has confirmed and until it ends."""

    person = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="affiliations")
    person_name = models.CharField(_("name"), max_length=60)
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="affiliates")
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_affiliation_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Invitation(models.Model):
    """An offer of roles to somebody by a secret link, kept only as a hash."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="invitations")
    invitee_name = models.CharField(_("name"), max_length=60)
    roles = models.JSONField(_("roles"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.invitee_name

    @property
    def role_labels(self) -> list[str]:
        """The offered roles in the reader's language."""
        return [str(Role(role).label) for role in self.roles]


OFFICERS = "Officers"  # the group whose members enter the admin; what they see there is by seat


class OfficeMembership(models.Model):
    """An officer's seat: what happens in this region is theirs to see and, in its county, to review."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="office_memberships",
        verbose_name=_("user account"),
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="officers", verbose_name=_("region"))
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("office membership")
        verbose_name_plural = _("office memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "region"], condition=Q(ended_at=None), name="office_once_per_person_and_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.region}"


class MemberQuerySet(models.QuerySet["Member"]):
    def on_roll(self, day: date) -> MemberQuerySet:
        """Members on the roll on ``day``: joined by then and not yet gone."""
        return self.filter(joined_on__lte=day).filter(Q(left_on=None) | Q(left_on__gt=day))


class Member(models.Model):
    """Somebody on an organisation's roll. No identity-card number, ever."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=60)
    department = models.CharField(_("department"), max_length=80, blank=True)
    staff_number = models.CharField(_("staff number"), max_length=30, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    joined_on = models.DateField(_("on the roll from"))
    left_on = models.DateField(_("left on"), null=True, blank=True, help_text=_("exclusive"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    continued_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="continues"
    )  # the same person on the roll of the organisation this one merged into

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["department", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "staff_number"],
                condition=~Q(staff_number=""),
                name="staff_number_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")), name="member_leaves_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_on_roll(self, day: date) -> bool:
        """Whether this member has joined by ``day`` and not yet left."""
        return self.joined_on <= day and (self.left_on is None or self.left_on > day)

    @property
    def masked_name(self) -> str:
        """The name where a full one is not needed: 王**."""
        return masked_name(self.name)

    @property
    def masked_phone(self) -> str:
        """The phone where a full one is not needed: 138****5678."""
        return masked_phone(self.phone)


class Department(models.Model):
    """A part of an organisation, in the order its lists follow; its goods go to its own point if it has one."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    delivery_point = models.ForeignKey(
        "DeliveryPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="departments",
        verbose_name=_("delivery point"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="department_once_per_organisation")
        ]

    def __str__(self) -> str:
        return self.name


class RosterImport(models.Model):
    """One uploaded roster: its rows as read, previewed first and then applied whole or not at all."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="roster_imports")
    filename = models.CharField(_("file name"), max_length=200)
    rows = models.JSONField()
    file = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file")
    )
    is_complete = models.BooleanField(_("the file lists every member"), default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.filename


class ErasureRequest(models.Model):
    """Somebody asks to be forgotten: a member of an organisation, or the owner of an account.

    The organisation's administrator decides about a member, the operator about an account.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="erasure_requests")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="erasure_requests"
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("empty: the member, by a personal link"),
    )
    done_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.CharField(_("reason of the refusal"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=True) ^ Q(account__isnull=True), name="erasure_is_about_one_person"
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(refused_at=None), name="erasure_ends_one_way"),
            models.UniqueConstraint(
                fields=["member"], condition=Q(done_at=None, refused_at=None), name="one_open_erasure_per_member"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(done_at=None, refused_at=None), name="one_open_erasure_per_account"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.done_at is None and self.refused_at is None


class PeopleList(models.TextChoices):
    """Where more than one's own personal data can be read."""

    ROLL = "roll", _("member roll")
    MEMBER = "member", _("page of one member")
    ROSTER_PREVIEW = "roster_preview", _("preview of a roster")
    ROSTER_FILE = "roster_file", _("roster as uploaded")
    BOARD = "board", _("board of a group order")
    HANDOUT = "handout", _("hand-out list")
    SIGNED_SHEET = "signed_sheet", _("signed hand-out list")
    FINDINGS = "findings", _("findings of a requisition")
    LINKS = "links", _("personal links")
    STAFF = "staff", _("people and roles")
    AFFILIATES = "affiliates", _("members who buy privately")
    PERSON = "person", _("data of one person")
    REPORTER = "reporter", _("who reported a price or goods")


class AccessLog(models.Model):
    """Who looked at a list of people, or took it away as a file. Never edited; swept when its time is over."""

    seen_at = models.DateTimeField(_("when"))
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    organisation = models.ForeignKey(
        BuyerOrganisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="access_log",
        verbose_name=_("organisation"),
    )
    people_list = models.CharField(_("list"), max_length=16, choices=PeopleList)
    subject = models.CharField(_("of"), max_length=80, blank=True)
    rows = models.PositiveIntegerField(_("people"))
    is_export = models.BooleanField(_("taken away"), default=False)
    screen = models.CharField(_("screen"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("look at a list of people")
        verbose_name_plural = _("looks at lists of people")
        ordering = ["-seen_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-seen_at"], name="access_log_of_organisation"),
            models.Index(fields=["seen_at"], name="access_log_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seen_by} · {self.get_people_list_display()}"


class Vendor(models.Model):
    """A seller of the aided county: who it is and where its home village lies. [UBL SellerSupplierParty]"""

    class Kind(models.TextChoices):
        COOPERATIVE = "cooperative", _("farmers' cooperative")
        FAMILY_FARM = "family_farm", _("family farm")
        LEADING_ENTERPRISE = "leading_enterprise", _("leading enterprise")
        COMPANY = "company", _("company")
        INDIVIDUAL_BUSINESS = "individual_business", _("individual business")
        VILLAGE_COLLECTIVE = "village_collective", _("village collective")
        HOUSEHOLD = "household", _("farming household")

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    social_credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    home = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="vendors", verbose_name=_("home village"))
    story = models.TextField(_("story"), blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    applied_at = models.DateTimeField(_("applied at"))
    admitted_at = models.DateTimeField(_("admitted at"), null=True, blank=True)
    admitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def county_code(self) -> str:
        """The county whose officers admit this vendor and review its listings."""
        return self.home.county_code


class DeliveryPointQuerySet(models.QuerySet["DeliveryPoint"]):
    def in_use(self) -> DeliveryPointQuerySet:
        """The places still used, the default one first."""
        return self.filter(ended_on=None).order_by("-is_default", "pk")


class DeliveryPoint(models.Model):
    """Where goods are handed over. Copied onto orders when they are placed."""

    organisation = models.ForeignKey(
        BuyerOrganisation,
        on_delete=models.PROTECT,
        related_name="delivery_points",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=200)
    contact_name = models.CharField(_("contact"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    opening_hours = models.CharField(_("opening hours"), max_length=100, blank=True)
    unloading_note = models.CharField(_("note on unloading"), max_length=200, blank=True)
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    ended_on = models.DateField(_("no longer used from"), null=True, blank=True)

    objects = DeliveryPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery point")
        verbose_name_plural = _("delivery points")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="delivery_point_once_per_organisation"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(is_default=True), name="one_default_delivery_point"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(is_default=False), name="default_delivery_point_is_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Region:
        """Where it lies; the organisation's region when nothing else is said."""
        return self.region or self.organisation.region

    def masked_phone(self) -> str:
        """The phone where a full one is not needed: 138****5678."""
        return masked_phone(self.phone)
