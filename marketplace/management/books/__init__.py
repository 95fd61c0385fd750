"""The books recomputed from lines, payments and acceptances alone.

Imports no selector and no roll-up's arithmetic: what the stages keep beside
their rows is compared here with what the rows add up to.
"""

from __future__ import annotations

from collections.abc import Callable

from .carriage import freight
from .catalogue import harvests, prices, ratings, stock
from .elsewhere import purchases_elsewhere
from .fulfilment import acceptances
from .grouporders import allowances, choices
from .impact import impact_measures
from .ledger import ledger_balances, ledger_entries
from .ordering import deliveries, orders, requisitions
from .payments import invoice_parts, invoices
from .reading import Mismatches
from .services import sessions, vouchers
from .totals import impact_totals

CHECKS: dict[str, Callable[[], Mismatches]] = {
    "journal entries sum to zero": ledger_entries,
    "account balances": ledger_balances,
    "requisitions, their lines and choices": requisitions,
    "orders and their lines": orders,
    "freight": freight,
    "deliveries and places": deliveries,
    "invoices": invoices,
    "invoice lines and adjustments": invoice_parts,
    "stock and reservations": stock,
    "harvests and what draws on them": harvests,
    "prices and their history": prices,
    "ratings and their totals": ratings,
    "sessions and their bookings": sessions,
    "vouchers and what they are for": vouchers,
    "acceptances and receipts": acceptances,
    "choices and offers": choices,
    "allowances": allowances,
    "impact of every line": impact_measures,
    "purchases made elsewhere": purchases_elsewhere,
    "impact totals": impact_totals,
}
