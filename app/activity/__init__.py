"""Who or what did what, when, and its effect."""

from app.activity.listing import Entry, Filters, Page, page, say
from app.activity.telling import APP, KINDS, Subject, Thing, tell, tell_pool, tell_settings

__all__ = [
    "APP",
    "KINDS",
    "Entry",
    "Filters",
    "Page",
    "Subject",
    "Thing",
    "page",
    "say",
    "tell",
    "tell_pool",
    "tell_settings",
]
