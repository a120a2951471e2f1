"""One thing that is wrong, or worth knowing, in a shop."""

from dataclasses import dataclass
from enum import StrEnum


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
