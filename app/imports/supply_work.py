"""What a file of purchase orders asks for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as lazy

from app.supply.fields import SupplyFields
from app.supply.record import Move
from app.wording import Said


@dataclass(slots=True)
class Work:
    """What is to be kept, once it is known to be right; what is moved by the line of the file.

    `nameless` counts the new lines without a reference, `alike` those like a supply that is expected already.
    """

    new: list[SupplyFields] = field(default_factory=list)
    moved: dict[int, Move] = field(default_factory=dict)
    nameless: int = 0
    alike: int = 0

    def notes(self) -> Iterator[Said]:
        """What may be added twice."""
        if self.nameless:
            yield Said(
                lazy(
                    "Without a reference: {lines}. Such a line is not recognised when the file comes again, so it is "
                    "added each time."
                ),
                lines=self.nameless,
            )
        if self.alike:
            yield Said(
                lazy(
                    "New, but with the SKU, warehouse, quantity and eta of a supply that is expected already: {lines}. "
                    "Make sure that they are not the same units."
                ),
                lines=self.alike,
            )
