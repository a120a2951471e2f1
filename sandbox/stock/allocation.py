"""Setting units aside for order lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sandbox.api.refusals import InsufficientStock, Shortage
from sandbox.state.catalogue import Allocation, Stock, Variant
from sandbox.state.places import Channel
from sandbox.state.sales import OrderLine
from sandbox.state.shop import Shop

from . import announce
from .counts import allocated, available, counted_warehouses, reserved, sorted_warehouses, stocks_in


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of an order line; ``warehouse`` only where they are to leave it."""

    line: OrderLine
    quantity: int
    warehouse: str | None = None


def variant_of(shop: Shop, line: OrderLine) -> Variant | None:
    return shop.variants.get(line.variant)


def tracked(shop: Shop, wanted: Sequence[Wanted]) -> list[tuple[Wanted, Variant]]:
    found = [(want, variant_of(shop, want.line)) for want in wanted]
    return [(want, variant) for want, variant in found if variant is not None and variant.track_inventory]


def allocate(
    shop: Shop,
    wanted: Sequence[Wanted],
    channel: Channel,
    country: str,
    *,
    check_reservations: bool = False,
    own_lines: Collection[str] = (),
) -> None:
    """Put each line on the channel's stocks, greedily in their order; all lines or none (InsufficientStock).

    With ``check_reservations`` Saleor 3.23 forgets every allocation that exists (a generator is consumed twice), so
    units go to the first stock with any quantity at all. The switch ``mended_allocation`` counts them. Lines of one
    call do not see each other.
    """
    blind = check_reservations and not shop.switches.mended_allocation
    warehouses = counted_warehouses(shop, channel, country)
    made: list[Allocation] = []
    short: list[Shortage] = []
    for want, variant in tracked(shop, wanted):
        stocks = stocks_in(shop, variant, warehouses)
        taken = {stock.pk: 0 if blind else allocated(shop, stock) for stock in stocks}
        held = {stock.pk: reserved(shop, stock, own_lines) if check_reservations else 0 for stock in stocks}
        shares = _share(sort_stocks(channel, stocks, taken), want.quantity, taken, held)
        if shares is None:
            short.append(Shortage(variant.pk, want.line.pk))
        else:
            made += [Allocation(shop.allocations.next_pk(), want.line.pk, pk, units) for pk, units in shares]
    if short:
        raise InsufficientStock(short)
    for allocation in made:
        shop.add(allocation)
    _tell_sold_out(shop, made)


def sort_stocks(channel: Channel, stocks: Sequence[Stock], taken: Mapping[int, int]) -> list[Stock]:
    """By the channel's strategy. Highest stock means quantity less what is seen as taken."""
    by_age = sorted(stocks, key=lambda stock: stock.pk)
    if channel.strategy == "PRIORITIZE_HIGH_STOCK":
        # Python keeps the order of equals also when it sorts downwards, as Saleor's own sort does.
        return sorted(by_age, key=lambda stock: stock.quantity - taken.get(stock.pk, 0), reverse=True)
    order = sorted_warehouses(channel)
    return sorted(by_age, key=lambda stock: order.index(stock.warehouse))


def _share(
    stocks: Sequence[Stock], quantity: int, taken: Mapping[int, int], held: Mapping[int, int]
) -> list[tuple[int, int]] | None:
    shares: list[tuple[int, int]] = []
    rest = quantity
    for stock in stocks:
        units = min(rest, stock.quantity - taken[stock.pk] - held[stock.pk])
        if units > 0:
            shares.append((stock.pk, units))
            rest -= units
        if rest == 0:
            return shares
    return None


def _tell_sold_out(shop: Shop, made: Sequence[Allocation]) -> None:
    stocks = [shop.stocks[allocation.stock] for allocation in made]
    empty = [stock for stock in stocks if available(shop, stock) <= 0]
    # Saleor's callbacks all see the last allocation of the loop, whichever stock ran out.
    announce.out_of_stock(shop, stocks[-1:] * len(empty))
    announce.in_channels(shop, empty, "out_of_stock")


def grow(shop: Shop, wanted: Sequence[Wanted], channel: Channel, country: str) -> None:
    """More units for lines that have some: all their allocations are made anew, and this time others are counted."""
    totals: list[Wanted] = []
    for want in wanted:
        rows = shop.allocations.of("line", want.line.pk)
        totals.append(Wanted(want.line, want.quantity + sum(row.quantity for row in rows)))
        for row in rows:
            shop.remove(row)
    allocate(shop, totals, channel, country)
