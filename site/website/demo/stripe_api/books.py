"""What the stand-in remembers: sessions, payment intents, refunds and events, as Stripe's objects look."""

from __future__ import annotations

import copy
import secrets
import time
from typing import Any

from .shapes import ApiError

MINIMUM = {"cny": 400}
MAXIMUM = 99_999_999
HALF_HOUR, DAY = 30 * 60, 24 * 3600


class Books:
    """All objects by id. Its methods are called under the server's lock."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self.refund_status = "succeeded"

    def open_session(self, params: dict[str, Any]) -> dict[str, Any]:
        """A hosted page for one payment."""
        _require_hosted(params)
        currency, amount = _amount(params["line_items"])
        expires_at = _expiry(params)
        if "wechat_pay" in params.get("allowed_payment_method_types", []):
            client = params.get("payment_method_options", {}).get("wechat_pay", {}).get("client")
            if client != "web":
                raise ApiError(
                    400, "WeChat Pay needs payment_method_options[wechat_pay][client] = web.",
                    param="payment_method_options[wechat_pay][client]",
                )  # fmt: skip
        number = f"cs_test_{secrets.token_hex(12)}"
        session = {
            "id": number,
            "object": "checkout.session",
            "livemode": False,
            "created": int(time.time()),
            "mode": "payment",
            "status": "open",
            "payment_status": "unpaid",
            "currency": currency,
            "amount_subtotal": amount,
            "amount_total": amount,
            "client_reference_id": params.get("client_reference_id"),
            "metadata": params.get("metadata", {}),
            "payment_intent": None,
            "expires_at": expires_at,
            "locale": params.get("locale", "auto"),
            "success_url": params["success_url"],
            "cancel_url": params.get("cancel_url"),
            "allowed_payment_method_types": params.get("allowed_payment_method_types", ["card"]),
            "url": f"{self.base}/c/pay/{number}",
        }
        self.sessions[number] = session
        session["_title"] = params["line_items"][0]["price_data"]["product_data"]["name"]
        session["_intent_metadata"] = params.get("payment_intent_data", {}).get("metadata", {})
        return session

    def get(self, shelf: str, number: str) -> dict[str, Any]:
        """An object by its id; 404 in Stripe's words."""
        found: dict[str, dict[str, Any]] = getattr(self, shelf)
        if number not in found:
            raise ApiError(404, f"No such {shelf[:-1]}: '{number}'", code="resource_missing", param="id")
        return found[number]

    def pay(self, session: dict[str, Any], *, method: str, later: bool = False) -> list[dict[str, Any]]:
        """The payer went through; ``later`` leaves the money on its way. Answers the events."""
        self._require_open(session)
        session["status"], session["url"] = "complete", None
        intent = {
            "id": f"pi_{secrets.token_hex(10)}",
            "object": "payment_intent",
            "livemode": False,
            "created": int(time.time()),
            "amount": session["amount_total"],
            "amount_received": 0,
            "currency": session["currency"],
            "status": "processing",
            "payment_method_types": [method],
            "metadata": session["_intent_metadata"],
        }
        self.intents[intent["id"]] = intent
        session["payment_intent"] = intent["id"]
        if later:
            return [self.event("checkout.session.completed", session)]
        return [*self._received(session), self.event("checkout.session.completed", session)]

    def _received(self, session: dict[str, Any]) -> list[dict[str, Any]]:
        intent = self.intents[session["payment_intent"]]
        intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
        session["payment_status"] = "paid"
        return [self.event("payment_intent.succeeded", intent)]

    def settle(self, session: dict[str, Any], *, succeed: bool) -> list[dict[str, Any]]:
        """What was on its way arrived, or did not."""
        if succeed:
            return [*self._received(session), self.event("checkout.session.async_payment_succeeded", session)]
        self.intents[session["payment_intent"]]["status"] = "requires_payment_method"
        return [self.event("checkout.session.async_payment_failed", session)]

    def expire(self, session: dict[str, Any]) -> list[dict[str, Any]]:
        """Nobody paid in time."""
        self._require_open(session)
        session["status"], session["url"] = "expired", None
        return [self.event("checkout.session.expired", session)]

    def _require_open(self, session: dict[str, Any]) -> None:
        if session["status"] != "open":
            raise ApiError(400, f"This session is {session['status']}, not open.", param="session")

    def refund(self, params: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Send back part or all of a payment, never more than is left of it."""
        if "payment_intent" not in params:
            raise ApiError(400, "One of the following params should be provided: payment_intent or charge.")
        intent = self.get("intents", params["payment_intent"])
        gone = sum(
            row["amount"]
            for row in self.refunds.values()
            if row["payment_intent"] == intent["id"] and row["status"] not in ("failed", "canceled")
        )
        left = intent["amount_received"] - gone
        amount = int(params.get("amount", left))
        if not left:
            raise ApiError(400, "The payment has already been refunded.", code="charge_already_refunded")
        if not 0 < amount <= left:
            raise ApiError(400, f"Refund amount ({amount}) is greater than what is left ({left}).", param="amount")
        refund = {
            "id": f"re_{secrets.token_hex(10)}",
            "object": "refund",
            "created": int(time.time()),
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "status": self.refund_status,
            "metadata": params.get("metadata", {}),
        }
        self.refunds[refund["id"]] = refund
        return refund, [self.event("refund.created", refund), self.event("charge.refunded", intent)]

    def finish_refund(self, refund: dict[str, Any], status: str) -> list[dict[str, Any]]:
        """A refund under way ends: ``succeeded`` or ``failed``."""
        refund["status"] = status
        if status == "failed":
            refund["failure_reason"] = "expired_or_canceled_card"
        return [self.event("refund.failed" if status == "failed" else "refund.updated", refund)]

    def event(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        """Something happened; the object as it was then travels with it."""
        number = f"evt_{secrets.token_hex(10)}"
        self.events[number] = {
            "id": number,
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "livemode": False,
            "type": kind,
            "data": {"object": public(about)},
        }
        return self.events[number]


def public(thing: dict[str, Any]) -> dict[str, Any]:
    """An object as it leaves the house."""
    return {name: copy.deepcopy(value) for name, value in thing.items() if not name.startswith("_")}


def _require_hosted(params: dict[str, Any]) -> None:
    if params.get("mode") != "payment":
        raise ApiError(400, "You must provide mode=payment.", code="parameter_missing", param="mode")
    for name in ("success_url", "line_items"):
        if not params.get(name):
            raise ApiError(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def _amount(items: list[dict[str, Any]]) -> tuple[str, int]:
    currency, amount = "", 0
    for item in items:
        price = item.get("price_data", {})
        if "unit_amount" not in price or "product_data" not in price:
            where = "line_items[0][price_data]"
            raise ApiError(400, f"Missing required param: {where}[unit_amount].", param=where)
        currency = str(price["currency"]).lower()
        amount += int(price["unit_amount"]) * int(item.get("quantity", 1))
    if not MINIMUM.get(currency, 50) <= amount <= MAXIMUM:
        code = "amount_too_small" if amount < MAXIMUM else "amount_too_large"
        raise ApiError(400, f"The amount {amount} {currency} cannot be charged.", code=code, param="line_items")
    return currency, amount


def _expiry(params: dict[str, Any]) -> int:
    now = int(time.time())
    expires_at = int(params.get("expires_at", now + DAY))
    if not now + HALF_HOUR - 5 <= expires_at <= now + DAY + 5:
        raise ApiError(400, "expires_at must lie between 30 minutes and 24 hours from now.", param="expires_at")
    return expires_at
