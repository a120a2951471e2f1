"""The variants of a shop side by side: what is there, what is owed, what may still be sold, what comes next."""

from app.shelf.filters import Filters, Sort, Status
from app.shelf.listing import Page, page, rows
from app.shelf.variant import NextSupply, Offer, Shelved

__all__ = ["Filters", "NextSupply", "Offer", "Page", "Shelved", "Sort", "Status", "page", "rows"]
