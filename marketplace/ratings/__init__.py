"""Buyers' ratings (评价): only of what was completed, one for each buyer and listing, without anybody's name."""
