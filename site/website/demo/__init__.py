"""A small believable world to click through, and the command that loads it."""
