"""The book of postings: each entry, and each account beside what lines, acceptances and payments say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...fulfilment.models import AcceptanceLine
from ...ledger.models import Posting
from ...orders.models import PurchaseOrder
from ...payments.models import Invoice, Payment, Refund
from .carriage import Freight, freight_by_order
from .due import DueLine, due_by_line
from .payments import due_by_requisition
from .reading import Mismatches, differences, fen, tally


def ledger_entries() -> Mismatches:
    """Every journal entry sums to zero."""
    sums = tally(Posting.objects.values_list("entry__source", "amount"))
    yield from (f"journal entry {source}: sums to {amount}" for source, amount in sorted(sums.items()) if amount)


def ledger_balances() -> Mismatches:
    """The book's balances are what lines, acceptances and payments say."""
    lines, freights = due_by_line(), freight_by_order()
    wanted = Counter[str]()
    _add_vendors(wanted, lines, freights)
    _add_bank(wanted)
    _add_buyers(wanted, due_by_requisition(lines, freights))
    yield from differences("account", tally(Posting.objects.values_list("account__key", "amount")), wanted)


def _add_vendors(wanted: Counter[str], lines: Mapping[int, DueLine], freights: Mapping[int, Freight]) -> None:
    """Owed to vendors for what was ordered, and from acceptance on for what was accepted."""
    for line in lines.values():
        wanted[f"{'committed' if line.accepted is None else 'payable'}:{line.vendor}"] -= line.price * line.payable
    accepted = set(AcceptanceLine.objects.values_list("line__order_id", flat=True))
    for order, vendor in PurchaseOrder.objects.values_list("pk", "vendor_id"):
        wanted[f"{'payable' if order in accepted else 'committed'}:{vendor}"] -= freights[order].now


def _add_bank(wanted: Counter[str]) -> None:
    """What came in and went out; an offset moves no money."""
    came = Payment.objects.filter(reversed_at=None).exclude(gateway="offset").values_list("amount", flat=True)
    went = Refund.objects.filter(failed_at=None, done_at__isnull=False).exclude(gateway="offset")
    wanted["bank"] += sum(map(fen, came)) - sum(map(fen, went.values_list("amount", flat=True)))


def _add_buyers(wanted: Counter[str], due: Counter[int]) -> None:
    """Owed by buyers, held for them where they paid too much, and on its way back to them."""
    paid = tally(Payment.objects.filter(reversed_at=None).values_list("invoice__requisition_id", "amount"))
    refunds = Refund.objects.filter(failed_at=None)
    paid.subtract(tally(refunds.values_list("invoice__requisition_id", "amount")))
    for organisation, amount in refunds.filter(done_at=None).values_list("invoice__organisation_id", "amount"):
        wanted[f"refunding:{organisation}"] -= fen(amount)
    for requisition, organisation in Invoice.objects.values_list("requisition_id", "organisation_id"):
        rest = due[requisition] - paid[requisition]
        wanted[f"receivable:{organisation}"] += max(0, rest)
        wanted[f"held:{organisation}"] -= max(0, -rest)
