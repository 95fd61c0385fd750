"""How people reach the pages: elder mode kept per person, and complaints about barriers. No step of a purchase."""
