"""One thing that is wrong, or worth knowing, in a shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as lazy

from app.wording import told

MOST_NAMED = 5


class Severity(StrEnum):
    """How bad it is. Errors keep backorders from working; warnings let them go wrong; the rest is to be known."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """`message` says what is wrong, `remedy` how to mend it: the command, or the place in the dashboard.

    `key` names the matter, the same on every look. `staff`: the shop's staff must act or know, so it is told there too.
    """

    key: str
    severity: Severity
    message: str
    remedy: str
    staff: bool = False


def few(named: Sequence[str]) -> list[str]:
    """The first of these, and how many more there are."""
    more = len(named) - MOST_NAMED
    return [*named[:MOST_NAMED], told(lazy("{count} more"), count=more)] if more > 0 else list(named)
