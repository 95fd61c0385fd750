"""The pages of people at a vendor: the desk, the listings, the order queue."""
