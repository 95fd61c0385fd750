"""Editorial pages of this site."""
