"""Purchases made elsewhere: entered by the buyer with vouchers, checked by an officer, counted apart."""
