"""What stands in a cell, as a value."""

import re
from datetime import date

from app.imports.table import unguarded

YES, NO = {"yes", "true", "1"}, {"no", "false", "0"}


def whole(text: str) -> int:
    """Raises ValueError."""
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise ValueError(f"{text[:20]!r} is no whole number. Write it without points and commas, like 1000.")
    return int(text)


def day(text: str) -> date:
    """Raises ValueError."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{text[:20]!r} is no date. Write it like 2026-12-24: 01/02/2026 means two different days.")


def switch(text: str) -> bool:
    """Raises ValueError."""
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValueError(f"{text[:20]!r} is neither yes nor no.")


def words(text: str) -> str:
    """Raises ValueError."""
    return unguarded(text)
