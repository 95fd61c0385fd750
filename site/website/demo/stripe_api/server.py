"""The HTTP side: the API, the hosted page, and signed messages to a webhook on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from .books import Books, public
from .page import page
from .shapes import ApiError, check, decode

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WAITS = (0.0, 0.2, 1.0, 3.0)  # seconds before each delivery of a message


class StripeServer:
    """The stand-in, for ``with``: it serves in threads of its own until the block ends.

    ``webhook_url`` (loopback only) gets each event as it happens; without one, events wait in ``events`` and are
    delivered by hand. ``RuntimeError`` where settings are not a demonstration's or a test's.
    """

    def __init__(
        self,
        *,
        api_key: str = "sk_test_demonstration",
        webhook_secret: str = "whsec_demonstration",
        webhook_url: str = "",
        port: int = 0,
    ) -> None:
        if not (settings.DEMO or getattr(settings, "TESTING", False)):
            raise RuntimeError("The stand-in for Stripe serves demonstrations and tests only.")
        if webhook_url and urlsplit(webhook_url).hostname not in LOOPBACK:
            raise RuntimeError("The stand-in for Stripe speaks to this machine only.")
        self.api_key, self.webhook_secret, self.webhook_url = api_key, webhook_secret, webhook_url
        self.lock = threading.RLock()
        self.down = False
        self.requests: list[tuple[str, str]] = []
        self.answers: dict[str, tuple[str, str, int, dict[str, Any]]] = {}
        handler = type("Handler", (_Handler,), {"house": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.books = Books(self.base)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> StripeServer:
        self.thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.http.shutdown()
        self.thread.join(timeout=5)
        self.http.server_close()

    # What a test does in the payer's, the bank's and the network's place.

    def do(self, step: Callable[[], list[dict[str, Any]]]) -> list[str]:
        """Take a step that causes events; their ids, delivered when there is a webhook."""
        with self.lock:
            events = step()
        for event in events:
            if self.webhook_url:
                threading.Thread(target=self._deliver_until_heard, args=(event["id"],), daemon=True).start()
        return [event["id"] for event in events]

    def pay(self, session: str, *, method: str = "card", later: bool = False) -> list[str]:
        """The payer pays on the page."""
        return self.do(lambda: self.books.pay(self.books.get("sessions", session), method=method, later=later))

    def settle(self, session: str, *, succeed: bool = True) -> list[str]:
        """What was on its way arrives, or fails."""
        return self.do(lambda: self.books.settle(self.books.get("sessions", session), succeed=succeed))

    def expire(self, session: str) -> list[str]:
        """Nobody pays in time."""
        return self.do(lambda: self.books.expire(self.books.get("sessions", session)))

    def finish_refund(self, refund: str, status: str = "succeeded") -> list[str]:
        """A refund under way ends."""
        return self.do(lambda: self.books.finish_refund(self.books.get("refunds", refund), status))

    def change(self, session: str, **values: Any) -> None:
        """Make the service say something else than was asked."""
        self.books.get("sessions", session).update(values)

    def signed(
        self, event: str, *, at: float | None = None, secret: str = "", change: tuple[bytes, bytes] = (b"", b"")
    ) -> tuple[bytes, str]:
        """An event as it is sent: the raw body and its signature header. ``change`` tampers after signing."""
        payload = json.dumps(self.books.events[event]).encode()
        moment = int(time.time() if at is None else at)
        mac = hmac.new((secret or self.webhook_secret).encode(), f"{moment}.".encode() + payload, hashlib.sha256)
        return payload.replace(*change), f"t={moment},v1={mac.hexdigest()}"

    def deliver(self, event: str) -> int:
        """Send an event to the webhook once; the HTTP status, 0 when nobody answers."""
        payload, signature = self.signed(event)
        message = urllib.request.Request(
            self.webhook_url, payload, {"Content-Type": "application/json", "Stripe-Signature": signature}
        )
        try:
            with urllib.request.urlopen(message, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as problem:
            problem.close()
            return problem.code
        except OSError:
            return 0

    def _deliver_until_heard(self, event: str) -> None:
        for wait in WAITS:
            time.sleep(wait)
            if 200 <= self.deliver(event) < 300:
                return

    # What the library asks.

    def answer(self, method: str, path: str, query: str, body: str, headers: Any) -> tuple[int, dict[str, Any], bool]:
        """The API's answer: status, object, and whether it repeats an earlier one."""
        self.requests.append((method, path))
        if headers.get("Authorization") != f"Bearer {self.api_key}":
            raise ApiError(401, "Invalid API Key provided.", kind="invalid_request_error")
        key = headers.get("Idempotency-Key") or ""
        if method == "POST" and key in self.answers:
            kept_path, kept_body, status, made = self.answers[key]
            if (kept_path, kept_body) != (path, body):
                message = "Keys for idempotent requests can only be used with the same parameters."
                raise ApiError(400, message, kind="idempotency_error")
            return status, made, True
        with self.lock:
            made, events = self._route(method, path, decode(body), parse_qs(query))
        self.do(lambda: events)
        if method == "POST" and key:
            self.answers[key] = (path, body, 200, made)
        return 200, made, False

    def _route(
        self, method: str, path: str, params: dict[str, Any], query: dict[str, list[str]]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        parts = path.strip("/").split("/")[1:]
        match (method, *parts):
            case ("POST", "checkout", "sessions"):
                check(params, SessionCreateParams)
                return public(self.books.open_session(params)), []
            case ("POST", "checkout", "sessions", number, "expire"):
                session = self.books.get("sessions", number)
                events = self.books.expire(session)
                return public(session), events
            case ("GET", "checkout", "sessions", number):
                return public(self.books.get("sessions", number)), []
            case ("POST", "refunds"):
                check(params, RefundCreateParams)
                refund, events = self.books.refund(params)
                return public(refund), events
            case ("GET", "refunds", number):
                return public(self.books.get("refunds", number)), []
            case ("GET", "payment_intents", number):
                return public(self.books.get("intents", number)), []
            case ("GET", "events", number):
                return public(self.books.get("events", number)), []
            case ("GET", ("refunds" | "payment_intents" | "events") as shelf):
                rows = {"refunds": self.books.refunds, "events": self.books.events}.get(shelf, self.books.intents)
                return _listed(path, list(rows.values()), query), []
        raise ApiError(404, f"Unrecognized request URL ({method}: {path}).")


def _listed(path: str, rows: list[dict[str, Any]], query: dict[str, list[str]]) -> dict[str, Any]:
    """A page of a list, the latest first, as ``created``, ``limit`` and ``starting_after`` ask."""
    ask = {name: values[0] for name, values in query.items()}
    since, until = int(ask.get("created[gte]", 0)), int(ask.get("created[lt]", 1 << 40))
    rows = [row for row in reversed(rows) if since <= row["created"] < until]
    if after := ask.get("starting_after"):
        numbers = [row["id"] for row in rows]
        rows = rows[numbers.index(after) + 1 :] if after in numbers else []
    limit = int(ask.get("limit", 10))
    return {
        "object": "list",
        "url": path,
        "has_more": len(rows) > limit,
        "data": [public(row) for row in rows[:limit]],
    }


class _Handler(BaseHTTPRequestHandler):
    house: StripeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urlsplit(self.path)
        if self.house.down:
            self.close_connection = True
            return
        try:
            if url.path.startswith("/c/pay/"):
                self._page(method, url.path.rsplit("/", 1)[-1], body)
                return
            status, made, repeated = self.house.answer(method, url.path, url.query, body, self.headers)
            self._json(status, made, {"Idempotent-Replayed": "true"} if repeated else {})
        except ApiError as problem:
            self._json(problem.status, problem.body, {})

    def _page(self, method: str, number: str, body: str) -> None:
        house = self.house
        session = house.books.get("sessions", number)
        way = parse_qs(body).get("way", [""])[0] if method == "POST" else ""
        to = session["success_url"].replace("{CHECKOUT_SESSION_ID}", number)
        if way == "leave":
            self._redirect(session["cancel_url"] or to)
        elif way and way != "decline" and session["status"] == "open":
            house.pay(number, method="alipay" if way == "later" else way, later=way == "later")
            if way == "later":
                threading.Timer(5, lambda: house.settle(number)).start()
            self._redirect(to)
        else:
            self._send(200, page(session, declined=way == "decline").encode(), "text/html; charset=utf-8", {})

    def _redirect(self, to: str) -> None:
        self._send(303, b"", "text/plain", {"Location": to})

    def _json(self, status: int, made: dict[str, Any], headers: dict[str, str]) -> None:
        self._send(status, json.dumps(made).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
