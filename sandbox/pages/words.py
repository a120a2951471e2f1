"""How pages say things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

STATUSES = {
    "in_stock": "In stock",
    "backorder": "On backorder",
    "preorder": "Pre-order",
    "out_of_stock": "Sold out",
    "ready": "Ready to ship",
    "partly_ready": "Partly ready",
    "waiting": "Waiting for stock",
    "late": "Delayed",
    "done": "Done",
}


def status(value: str | None) -> str:
    return STATUSES.get(value or "", (value or "").replace("_", " ").capitalize())


def day(value: str | None) -> str:
    """An ISO date as people write it; anything else as it is."""
    try:
        found = date.fromisoformat(value or "")
    except ValueError:
        return value or ""
    return f"{found.day} {found:%B %Y}"


def ours(metadata: list[dict[str, str]], prefix: str = "dueback.") -> dict[str, str]:
    """What Dueback wrote, without its prefix."""
    return {entry["key"].removeprefix(prefix): entry["value"] for entry in metadata if entry["key"].startswith(prefix)}


def money(value: Mapping[str, Any]) -> str:
    return f"{value['amount']:.2f} {value['currency']}"


FILTERS: dict[str, Callable[..., Any]] = {"status": status, "day": day, "ours": ours, "money": money}
