"""What forms call the fields that a refusal begins with."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as lazy

LABELS: Mapping[str, Any] = {
    "confidence": lazy("Confidence in percent"),
    "day": lazy("Expected on"),
    "eta": lazy("Due"),
    "eta_latest": lazy("Due at the latest"),
    "file": lazy("File"),
    "held": lazy("Held back"),
    "language": lazy("Language of these pages"),
    "lead_days": lazy("Lead days"),
    "name": lazy("Name"),
    "on": lazy("On"),
    "ordered_on": lazy("Ordered on"),
    "per_minute": lazy("Requests a minute at most"),
    "quantity": lazy("Units"),
    "rank_key": lazy("Key of the rank"),
    "reference": lazy("Purchase order"),
    "sku": lazy("SKU"),
    "stock_owner": lazy("Stock is kept by"),
    "supplier": lazy("Supplier"),
    "time_zone": lazy("Time zone"),
    "tracking": lazy("Tracking number"),
    "wanted_key": lazy("Key of the wanted day"),
    "warehouse": lazy("Warehouse"),
    "why": lazy("Why"),
}


def plainly(wrong: str, labels: Mapping[str, Any] = LABELS) -> str:
    """What is wrong, with the name that people know of the field it begins with, or without one."""
    name, colon, rest = wrong.partition(": ")
    if not colon or not name.isidentifier() or not name.islower():
        return wrong
    return f"{labels[name]}: {rest}" if name in labels else rest
