"""A large world beside the story, to measure with: vendors, listings and two years of purchases by set-based inserts.

Nothing here goes through the actions people use, so it shows no feature; it only has to be sound, which
``verify_books`` says. Everything it makes has a slug that begins with ``scale-``, and can be removed again.
"""
