"""What stands in a cell, as a value."""

import re
from datetime import date

from flask_babel import lazy_gettext as lazy

from app.imports.table import unguarded
from app.refusal import BadValue

YES, NO = {"yes", "true", "1"}, {"no", "false", "0"}


def whole(text: str) -> int:
    """Raises BadValue."""
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise BadValue(
            lazy("{given} is no whole number. Write it without points and commas, like 1000."), given=repr(text[:20])
        )
    return int(text)


def day(text: str) -> date:
    """Raises BadValue."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadValue(
        lazy("{given} is no date. Write it like 2026-12-24: 01/02/2026 means two different days."),
        given=repr(text[:20]),
    )


def switch(text: str) -> bool:
    """Raises BadValue."""
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise BadValue(lazy("{given} is neither yes nor no."), given=repr(text[:20]))


def words(text: str) -> str:
    """Raises BadValue."""
    return unguarded(text)
