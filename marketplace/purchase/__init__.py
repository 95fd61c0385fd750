"""The road: one function per step of the purchase, one transaction each.

What a step sets off in later stages is written here, above the stages and
below the faces. Every step takes its locks in one order: the step's own
document (requisition, order, consignment), stock, allowances, the invoice,
totals by sorted key, and counters last.
"""
