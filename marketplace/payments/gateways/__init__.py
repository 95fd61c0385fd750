"""Ways of paying, behind one protocol."""
