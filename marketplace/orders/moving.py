"""An order line goes over to another session of its listing: its pack, its name and its day; price and quantity stay."""

from __future__ import annotations

from ..catalogue.models import Pack
from .models import OrderLine


def move_line(line: OrderLine, into: Pack) -> OrderLine:
    """From now on the line is of this pack; requisition and choices keep what was asked for.

    Inside the caller's transaction, with the order locked; stock and places are the caller's.
    """
    line.chosen_pack_id = line.asked_pack_id
    line.pack, line.pack_name, line.session = into, into.name, into.session
    if line.promised_on is not None and into.session is not None:
        line.promised_on = into.session.starts_on
    line.save(update_fields=["chosen_pack", "pack", "pack_name", "session", "promised_on"])
    return line
