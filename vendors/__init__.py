"""The vendors' side of the marketplace: an optional plugin on the trading core."""
