"""Who waits for what: the queue as people and programs read it, from what the last plans kept."""

from app.queue.claims import at_risk, lines
from app.queue.filters import Filters, State
from app.queue.listing import Entry, Page, Rest, Risk, ids, page, rows

__all__ = ["Entry", "Filters", "Page", "Rest", "Risk", "State", "at_risk", "ids", "lines", "page", "rows"]
