"""What to fetch from which shelf, for all that can leave now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.shipping.ready import ReadyLine, ReadyOrder


@dataclass(slots=True)
class Pick:
    """Units of one product to fetch; `orders` are (number, units), in turn."""

    product_name: str
    variant_name: str
    sku: str
    orders: list[tuple[str, int]] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(units for _, units in self.orders)


def pick_list(orders: Iterable[ReadyOrder]) -> dict[str, list[Pick]]:
    """By the name of the warehouse; there by product."""
    found: dict[str, dict[tuple[str | None, str], Pick]] = defaultdict(dict)
    for order in orders:
        for line in order.lines:
            for take in line.takes:
                pick = found[take.warehouse].setdefault((line.variant_id, line.sku), _pick(line))
                pick.orders.append((order.order, take.units))
    return {warehouse: sorted(picks.values(), key=_by_name) for warehouse, picks in sorted(found.items())}


def _pick(line: ReadyLine) -> Pick:
    return Pick(line.product_name, line.variant_name, line.sku)


def _by_name(pick: Pick) -> tuple[str, str, str]:
    return pick.product_name.casefold(), pick.variant_name.casefold(), pick.sku
