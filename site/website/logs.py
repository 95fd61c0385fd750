"""Personal links are secrets: they never stand in a log."""

from __future__ import annotations

import logging
import re

SECRET_PATH = re.compile(r"(/(?:pick|join)/)[A-Za-z0-9_-]{8,}")


class HidePersonalLinks(logging.Filter):
    """Replaces the token of a personal or invitation link by a dash in every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if SECRET_PATH.search(message):
            record.msg, record.args = SECRET_PATH.sub(r"\1-", message), ()
        return True
