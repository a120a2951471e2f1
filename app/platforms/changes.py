"""What we ask a shop to do, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString as Text


@dataclass(frozen=True, slots=True)
class SetStock:
    """Make a stock row hold exactly `quantity` units. `exists` False creates the row."""

    variant: str
    warehouse: str
    quantity: int
    exists: bool = True


@dataclass(frozen=True, slots=True)
class SetMetadata:
    """Set these public metadata keys of an object; other keys stay."""

    target: str
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DropMetadata:
    """Remove these public metadata keys of an object; keys it does not have are no error."""

    target: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteOrder:
    """Leave a note for staff on an order."""

    order: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """Show the merchant's staff a problem; the same key is shown once. A key has 3 to 128 characters."""

    key: str
    message: str


Change = SetStock | SetMetadata | DropMetadata | NoteOrder | ReportProblem


@dataclass(frozen=True, slots=True)
class Failure:
    """A change the shop refused by itself, while others in the same request went through."""

    change: Change
    message: Text | str
    code: str


@dataclass(frozen=True, slots=True)
class ShipLine:
    """Units of an order line to ship from a warehouse."""

    line: str
    warehouse: str
    units: int
