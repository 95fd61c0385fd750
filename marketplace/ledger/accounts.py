"""The chart of accounts: which keys the book uses and what a balance on them means."""

BANK = "bank"  # money that arrived in the operator's account


def receivable(organisation_pk: int) -> str:
    """What a buyer's organisation still owes (debit)."""
    return f"receivable:{organisation_pk}"


def held_for_buyer(organisation_pk: int) -> str:
    """What an organisation paid beyond what is due: owed back to it (credit)."""
    return f"held:{organisation_pk}"


def refunding(organisation_pk: int) -> str:
    """What is on its way back to an organisation (credit)."""
    return f"refunding:{organisation_pk}"


def committed(vendor_pk: int) -> str:
    """Ordered from a vendor and not yet accepted (credit)."""
    return f"committed:{vendor_pk}"


def payable(vendor_pk: int) -> str:
    """Accepted from a vendor and not yet remitted (credit)."""
    return f"payable:{vendor_pk}"
