"""Who waits for what: the list, one line and why it has its date, and what people decide about them."""

from app.admin.queue import cancelling, deciding, handing, line, listing, saving
from app.admin.queue.mounting import views

__all__ = ["cancelling", "deciding", "handing", "line", "listing", "saving", "views"]
