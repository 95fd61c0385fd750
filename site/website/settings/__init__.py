"""Settings by surroundings: ``dev`` (the default), ``test`` and ``production`` build on ``base``."""
