"""Where the pages about supply are mounted, and what all of their templates may use."""

from typing import Any

from flask import Blueprint, g

from app.admin.staff import PRODUCTS
from app.admin.supply.words import STATES, due_between, named, told
from app.supply import listing, rises

views = Blueprint("supply", __name__)


@views.context_processor
def shared() -> dict[str, Any]:
    """`may`: whether this person may change anything. `rises()` counts those that nobody has explained."""
    visit = g.get("visit")
    return {
        "may": bool(visit and visit.staff.allowed(PRODUCTS)),
        "rises": lambda: rises.count(visit.connection, visit.shop.id) if visit else 0,
        "called": named,
        "due_between": due_between,
        "states": STATES,
        "status_of": listing.status_of,
        "told": told,
    }
