"""A strict stand-in for Stripe on loopback: tests and ``make demo`` pay through the real library over real HTTP.

It plays somebody else's house, so it shares nothing with the product: no model, no translation, no setting but the
one that forbids it in production.
"""

from .server import StripeServer

__all__ = ["StripeServer"]
