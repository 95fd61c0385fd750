"""What people at a vendor propose to sell."""
