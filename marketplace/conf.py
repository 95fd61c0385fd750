"""Settings of the marketplace, each with its default: ``MARKETPLACE_<NAME>`` in the project's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings

MEBIBYTE = 1024 * 1024

DEFAULTS: dict[str, Any] = {
    "CURRENCY": "CNY",
    "TIME_ZONE": "Asia/Shanghai",
    # Days each step may take before its timeline says "late"; an operator's choice, not a law.
    "DAYS_TO_APPROVE": 5,
    "DAYS_TO_PLACE": 3,
    "DAYS_TO_CONFIRM": 3,
    "DAYS_TO_DISPATCH": 7,
    "DAYS_TO_RECEIVE": 7,
    "DAYS_TO_ACCEPT": 3,
    "DAYS_TO_FAPIAO": 7,
    "DAYS_TO_PAY": 30,
    "DAYS_TO_HAND_OUT": 7,
    # Individuals sign up by themselves, pay first, and lose an order they have not paid so many days after its due day.
    "SIGN_UP": True,
    "SIGN_UPS_PER_HOUR": 20,  # from one address
    "DAYS_TO_PAY_PRIVATELY": 1,
    "PRIVATE_PURCHASE_MAXIMUM": 1_000_000,  # in minor units
    # Days after which the clock takes back an order that its vendor never answered.
    "DAYS_TO_CANCEL_SILENT": 15,
    # Days after acceptance in which goods can be sent back, and in which a promised replacement has to come.
    "DAYS_TO_RETURN": 15,
    "DAYS_TO_REPLACE": 10,
    "LINK_DAYS_AFTER_CLOSING": 14,
    # How long after the closing time `run_clock` closes a group order; until then the organiser may choose on behalf.
    "CLOCK_CLOSES_AFTER_HOURS": 24,
    "PAYEE_NAME": "",
    "PAYEE_BANK": "",
    "PAYEE_ACCOUNT": "",
    # Card, Alipay and WeChat Pay through Stripe's own pages; without a key they are not offered.
    "STRIPE_API_KEY": "",
    "STRIPE_WEBHOOK_SECRET": "",
    "STRIPE_API_BASE": "",  # another address than Stripe's own, for tests and the demonstration
    "STRIPE_METHODS": ["card", "alipay", "wechat_pay"],
    "STRIPE_MINIMUM": 400,  # in minor units
    "STRIPE_MAXIMUM": 99_999_999,
    "STRIPE_TIMEOUT": 10,  # seconds
    "CHECKOUT_MINUTES": 60,  # how long a payment page stays open: 30 to 1,440
    # Work behind the pages: how often an errand is tried, and when the clock counts as standing still.
    "ERRAND_ATTEMPTS": 12,  # over about a day
    "ERRANDS_KEPT_DAYS": 90,
    "CLOCK_LATE_MINUTES": 30,
    # Days after which the operator's health page names what nobody moves on.
    "DAYS_TO_REVIEW": 7,
    "DAYS_TO_REFUND": 3,
    "DAYS_TO_WORRY": 7,
    "VOUCHER_DAYS": 180,  # how long a voucher without a session is valid
    "VOUCHER_MISSES_PER_HOUR": 10,  # codes nobody gave out that one person may try
    "HEALTH_TOKEN": "",  # opens /health/ to a monitor; without one it is not there
    "MAIL": True,  # tell people by mail what waits for them
    # Which changes of a published listing an officer sees before buyers do (fields of the listing, its packs and pictures),
    # and by how many of a hundred a price may move from the one reviewed last without being such a change.
    "RISKY_CHANGES": [
        "product",
        "origin",
        "title",
        "tax_rate",
        "grade",
        "shelf_life_days",
        "ingredients",
        "allergens",
        "packs",
        "packs.name",
        "packs.unit",
        "packs.unit_price",
        "packs.tiers",
        "packs.weight_grams",
        "packs.net_grams",
        "packs.persons",
        "packs.is_redeemed",
        "pictures",
        "pictures.image",
        "linkages",
        "linkages.mode",
        "linkages.households",
        "linkages.year",
    ],
    "RISKY_PRICE_PERCENT": 10,
    "UNIT_PRICE_PERCENT": 30,  # off the median of the same kind of produce: the review says so
    "PRICE_EVIDENCE_REQUIRED": False,  # whether a listing without evidence of its price can be handed in
    # Days before a delisted listing may ask to come back; each further delisting doubles them, up to the longest.
    "DAYS_TO_REENTER": 7,
    "DAYS_TO_REENTER_MOST": 180,
    "LISTINGS_MAX_ROWS": 5000,
    # Accessibility: days until a complaint is answered, how many one address may send in an hour, whom to telephone.
    "DAYS_TO_ANSWER_COMPLAINT": 15,
    "COMPLAINTS_PER_HOUR": 5,
    "ACCESSIBILITY_CONTACT": "",
    # Reports of prices and goods: days until an officer takes one up, until it is decided; how many one address may send.
    "DAYS_TO_ACKNOWLEDGE_REPORT": 3,
    "DAYS_TO_DECIDE_REPORT": 15,
    "REPORTS_PER_HOUR": 5,
    # Days after completion in which buyers are asked on their desk to rate what they bought.
    "DAYS_INVITED_TO_RATE": 60,
    "WISHES_PER_HOUR": 5,  # notes of produce that is missed, from one address
    # Whether /styleguide/ is shown; nothing said: where DEBUG is on.
    "STYLEGUIDE": None,
    # The cache that keeps rendered blocks; shared by all processes, or what one of them changes stays unseen by the others.
    "FRAGMENT_CACHE": "default",
    "PRIVATE_STORAGE": "private",
    # By kind of private file: the largest that is taken, and the days it is kept. An operator names only what differs.
    # [Measures for the administration of accounting archives: vouchers 30 years, counted from the end of their year]
    "FILE_MAX_BYTES": {
        "voucher": 15 * MEBIBYTE,
        "receipt_photo": 15 * MEBIBYTE,
        "evidence": 15 * MEBIBYTE,
        "signed_sheet": 15 * MEBIBYTE,
        "licence": 15 * MEBIBYTE,
        "certificate": 15 * MEBIBYTE,
        "price_evidence": 15 * MEBIBYTE,
        "report_evidence": 15 * MEBIBYTE,
        "rating_picture": 15 * MEBIBYTE,
        "roster": 5 * MEBIBYTE,
        "listings": 10 * MEBIBYTE,
        "pictures": 60 * MEBIBYTE,
    },
    "FILE_DAYS": {
        "voucher": 31 * 366,
        "receipt_photo": 31 * 366,
        "signed_sheet": 31 * 366,
        "evidence": 11 * 366,
        "licence": 11 * 366,
        "certificate": 11 * 366,
        "price_evidence": 3 * 366,
        "report_evidence": 3 * 366,
        "rating_picture": 11 * 366,
        "roster": 90,
        "listings": 90,
        "pictures": 90,
    },
    # By kind of certificate: whether a listing pauses when its last one of the kind has ended, or only loses the badge.
    # [Food Safety Law, article 35: without a valid licence processed food may not be made or sold]
    "CERTIFICATE_PAUSES": {
        "sc_licence": True,
        "green": False,
        "organic": False,
        "gi_mark": False,
        "conformity": False,
        "recognised_product": False,
    },
    "FILES_HELD": 20,  # uploads of one person that wait for their form; the oldest goes first
    "ACCESS_LOG_DAYS": 3 * 366,
    "PRIVACY_CONTACT": "",
    "ROSTER_MAX_ROWS": 5000,
    # Purchases made elsewhere: how many days before the first of January one may have been made and still be entered;
    # how long an officer may take to check one; the longest sheet one import takes.
    "ELSEWHERE_DAYS_OF_LAST_YEAR": 31,
    "DAYS_TO_CHECK_ELSEWHERE": 7,
    "ELSEWHERE_MAX_ROWS": 1000,
    # Somebody's way back into their account: how long the link works, and how many an organisation may ask for a day.
    "RECOVERY_HOURS": 24,
    "RECOVERIES_PER_DAY": 3,
    "RECOVERY_TRIES_PER_HOUR": 20,  # of links, from one address
}


def setting(name: str) -> Any:
    """The operator's value of ``MARKETPLACE_<name>``, or the default; ``KeyError`` on an unknown name."""
    return getattr(settings, f"MARKETPLACE_{name}", DEFAULTS[name])


def setting_for(name: str, kind: str) -> Any:
    """The value for one kind of a setting that is a table; what the operator's table leaves out is the default's."""
    return {**DEFAULTS[name], **setting(name)}[kind]


def currency() -> str:
    """The one currency this installation trades in."""
    return str(setting("CURRENCY"))
