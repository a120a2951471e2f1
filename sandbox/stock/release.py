"""Giving allocations back, and taking units off the shelf."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.api.refusals import InsufficientStock, Shortage
from sandbox.state.catalogue import Allocation, Stock
from sandbox.state.sales import Order, OrderLine
from sandbox.state.shop import Shop

from . import announce
from .allocation import Wanted, tracked
from .counts import allocated, available, stock_at


def deallocate(shop: Shop, wanted: Sequence[Wanted]) -> list[OrderLine]:
    """Release units of lines, oldest stock first wherever they leave from; returns the lines that had too few."""
    touched: dict[int, Allocation] = {}
    lacking: list[OrderLine] = []
    plan: list[tuple[Allocation, int]] = []
    left = {row.pk: row.quantity for want in wanted for row in shop.allocations.of("line", want.line.pk)}
    for want in wanted:
        rest = want.quantity
        for row in sorted(shop.allocations.of("line", want.line.pk), key=lambda row: row.stock):
            units = min(rest, left[row.pk])
            if units > 0:
                left[row.pk] -= units
                rest -= units
                plan.append((row, left[row.pk]))
                touched[row.pk] = row
        if rest:
            lacking.append(want.line)
    before = {pk: available(shop, shop.stocks[row.stock]) for pk, row in touched.items()}
    for row, quantity in plan:
        shop.set(row, quantity=quantity)
    _tell_back(shop, [row for _, row in sorted(touched.items())], before)
    return lacking


def _tell_back(shop: Shop, rows: Sequence[Allocation], before: dict[int, int]) -> None:
    stocks = [shop.stocks[row.stock] for row in rows]
    back = [
        stock for row, stock in zip(rows, stocks, strict=True) if before[row.pk] <= 0 and available(shop, stock) > 0
    ]
    # As with sold out: every callback sees the last row of the loop.
    announce.back_in_stock(shop, stocks[-1:] * len(back))
    announce.in_channels(shop, back, "back_in_stock")


def deallocate_order(shop: Shop, order: Order) -> None:
    """Zero every allocation of an order. Who was sold out before is told back, without a look at what is so after."""
    lines = shop.order_lines.of("order", order.pk)
    rows = sorted(
        (row for line in lines for row in shop.allocations.of("line", line.pk) if row.quantity > 0),
        key=lambda row: row.pk,
    )
    stocks = [shop.stocks[row.stock] for row in rows]
    back = [stock for stock in stocks if available(shop, stock) <= 0]
    for row in rows:
        shop.set(row, quantity=0)
    announce.back_in_stock(shop, stocks[-1:] * len(back))
    announce.in_channels(shop, back, "back_in_stock")


def ship(shop: Shop, wanted: Sequence[Wanted], *, may_exceed: bool) -> None:
    """Take units out of warehouses: release the lines' allocations, then refuse where what others hold is not left.

    With ``may_exceed`` nothing is refused, and a quantity may go below zero.
    """
    if any(shop.allocations.of("line", want.line.pk) for want in wanted):
        for line in deallocate(shop, wanted):
            for row in shop.allocations.of("line", line.pk):
                shop.set(row, quantity=0)
    short: list[Shortage] = []
    found: dict[int, Stock] = {}
    leaving: list[tuple[Stock, int]] = []
    counted = tracked(shop, wanted)
    for want, variant in counted:
        stock = stock_at(shop, variant.pk, want.warehouse) if want.warehouse else None
        if stock is not None:
            found[stock.pk] = stock
            gone = sum(units for other, units in leaving if other is stock)
            if may_exceed or stock.quantity - gone - allocated(shop, stock) >= want.quantity:
                leaving.append((stock, want.quantity))
                continue
        if not may_exceed:
            short.append(Shortage(variant.pk, want.line.pk, want.warehouse))
    if short:
        raise InsufficientStock(short)
    for stock, units in leaving:
        shop.set(stock, quantity=stock.quantity - units)
    stocks = [found[pk] for pk in sorted(found)]
    empty = [stock for stock in stocks if available(shop, stock) <= 0]
    announce.out_of_stock(shop, stocks[-1:] * len(empty))


def put_back(shop: Shop, line: OrderLine, variant: int, warehouse: str, units: int) -> None:
    """Units return to a warehouse and are set aside for their line there. No event tells of it."""
    stock = stock_at(shop, variant, warehouse)
    if stock is None:
        stock = Stock(shop.stocks.next_pk(), variant, warehouse, units)
        shop.add(stock)
    else:
        shop.set(stock, quantity=stock.quantity + units)
    row = next((row for row in shop.allocations.of("line", line.pk) if row.stock == stock.pk), None)
    if row is None:
        shop.add(Allocation(shop.allocations.next_pk(), line.pk, stock.pk, units))
    else:
        shop.set(row, quantity=row.quantity + units)
