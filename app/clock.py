"""The shop's calendar."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo


def zone(settings: Mapping[str, Any]) -> ZoneInfo:
    """The time zone a shop's dates are meant in."""
    return ZoneInfo(settings.get("time_zone", "UTC"))


def today(settings: Mapping[str, Any], now: datetime) -> date:
    """The calendar date in the shop's own time zone."""
    return now.astimezone(zone(settings)).date()
