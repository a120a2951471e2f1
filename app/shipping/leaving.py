"""Shipping: the shop is looked at anew first, and of one order only one person ships at a time."""

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import OperationalError

from app import reconcile, turns
from app.activity import Subject, Thing, tell
from app.models import Order, Shop
from app.platforms import ShipLine, ShopError
from app.refusal import Refusal
from app.runtime import Runtime
from app.sentences import STATES
from app.shipping import looking
from app.shipping.ready import ReadyLine, ReadyOrder, orders_of
from app.wording import Said, together

LOOK_SECONDS = 45

_HELD = lazy("{sku} is on hold since {day} by {who}.")

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('ship ' || :order, :shop))")


class NotShipped(Refusal):
    """Nothing was shipped, or nobody knows; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What left: so many units of the order, in shipments by these ids, one per warehouse.

    `held` says of each line that is on hold who holds it and why.
    """

    order: str
    units: int
    shipments: tuple[str, ...]
    held: tuple[Said, ...] = ()


def ship(
    runtime: Runtime,
    shop: Shop,
    order_id: str,
    lines: Mapping[str, int] | None,
    *,
    tracking: str = "",
    notify: bool = True,
    whole: bool = False,
    who: str,
    left: Mapping[str, int] | None = None,
    patience: float = LOOK_SECONDS,
) -> Shipped:
    """Ship so many units of these lines, by line id; None: all that is ready. Raises NotShipped.

    `left` is what was left of the lines when somebody decided that, by line id: where it is another number by now, as
    when a form is sent twice, nothing is shipped. With `whole` nothing is, unless all of the order is ready. `patience`
    is how long to wait for a look at the shop, in seconds. Younger orders may over-fill a warehouse; the shop then
    refuses honest shipments. What we cover may exceed.
    """
    with _one_at_a_time(runtime.engine, shop.id, order_id, patience):
        look_again(runtime, shop, order_id, patience=patience)
        with runtime.engine.connect() as connection:
            order = next(orders_of(connection, shop.id, [order_id]), None)
            number = order.order if order else _number(connection, shop.id, order_id)
            held = tuple(_on_hold(connection, shop.id, order)) if order else ()
        chosen = _chosen(order, number, lines, left or {})
        if whole and order and not order.whole:
            raise _not_whole(order, held)
        if not chosen:
            nothing = Said(lazy("Nothing of order {order} is ready to ship."), order=number)
            raise NotShipped("{told}", told=together(nothing, *_lying(order), *held))
        try:
            with contextlib.closing(runtime.platform(shop)) as platform:
                made = platform.ship(order_id, chosen, exceed=True, tracking=tracking, notify=notify)
        except ShopError as wrong:
            looking.mark(runtime, shop.id, order_id)
            raise _refusal(number, wrong) from wrong
        done = Shipped(number, sum(line.units for line in chosen), tuple(made), held)
        looked_at = looking.mark(
            runtime, shop.id, order_id, lambda connection: _tell(connection, shop.id, who, order_id, done)
        )
        looking.wait(runtime, shop.id, looked_at, min(looking.SEEN_SECONDS, patience))
    return done


def _tell(connection: Connection, shop_id: int, who: str, order_id: str, done: Shipped) -> None:
    subject, effect = Thing(Subject.ORDER, order_id, done.order), {"units": done.units}
    tell(connection, shop_id, who, "order.shipped", subject, effect=effect, order=done.order, units=done.units)


def look_again(runtime: Runtime, shop: Shop, order_id: str, *, patience: float = LOOK_SECONDS) -> None:
    """Have the order and its variants looked at: what was on hand a minute ago may have left meanwhile.

    Waits until it is done. Raises NotShipped where that takes longer than the patience.
    """
    if shop.state in reconcile.RESTING:
        raise NotShipped(lazy("The shop is {state}, so Dueback cannot ship there."), state=STATES[shop.state])
    if not looking.wait(runtime, shop.id, looking.mark(runtime, shop.id, order_id), patience):
        raise NotShipped(
            lazy("The shop was not looked at within {seconds}. Is a worker running?"), seconds=math.ceil(patience)
        )


@contextlib.contextmanager
def _one_at_a_time(engine: Engine, shop_id: int, order_id: str, patience: float) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(select(func.set_config("lock_timeout", f"{int(patience * 1000) or 1}ms", True)))
        try:
            connection.execute(_ONE_AT_A_TIME, {"order": order_id, "shop": shop_id})
        except OperationalError as busy:
            raise NotShipped(lazy("Somebody else is shipping this order at this moment. Look at it again.")) from busy
        yield


def _number(connection: Connection, shop_id: int, order_id: str) -> str:
    found = connection.scalar(select(Order.number).where(Order.shop_id == shop_id, Order.id == order_id))
    if found is None:
        raise NotShipped(lazy("The shop has no such order any more."))
    return found


def _on_hold(connection: Connection, shop_id: int, order: ReadyOrder) -> Iterator[Said]:
    for move in turns.rows(connection, shop_id, lines=[line.line_id for line in order.lines]):
        if move.kind == "hold":
            text = lazy("{sku} is on hold since {day} by {who}: {why}.") if move.why else _HELD
            yield Said(text, sku=move.sku, day=move.at.date(), who=move.who, why=move.why)


def _chosen(
    order: ReadyOrder | None, number: str, wanted: Mapping[str, int] | None, left: Mapping[str, int]
) -> list[ShipLine]:
    known = {line.line_id: line for line in order.lines} if order else {}
    _check_left(number, known, left)
    units = {line.line_id: line.ready for line in known.values()} if wanted is None else wanted
    for line_id, asked in units.items():
        _check_units(number, known.get(line_id), asked)
    return [piece for line_id, asked in units.items() for piece in _pieces(known[line_id], asked)]


def _check_left(number: str, known: Mapping[str, ReadyLine], left: Mapping[str, int]) -> None:
    for line_id, was in left.items():
        now = known[line_id].left if line_id in known else 0
        if now != was:
            raise NotShipped(
                lazy(
                    "Order {order} has changed meanwhile: of one line {units} can still leave, not {was}. Nothing was "
                    "shipped now. Look at the order again."
                ),
                order=number,
                units=now,
                was=was,
            )


def _check_units(number: str, line: ReadyLine | None, asked: int) -> None:
    if line is None:
        raise NotShipped(
            lazy("A line of order {order} has nothing left to ship. Look at the order again."), order=number
        )
    if asked < 0 or asked > line.ready:
        raise NotShipped(
            lazy("Of {sku} {units} can be shipped, not {asked}."),
            sku=line.sku or line.product_name,
            units=line.ready,
            asked=asked,
        )


def _pieces(line: ReadyLine, units: int) -> Iterator[ShipLine]:
    for take in line.takes:
        here = min(take.units, units)
        if here:
            yield ShipLine(line.line_id, take.warehouse_id, here)
        units -= here


def _lying(order: ReadyOrder | None) -> Iterator[Said]:
    if order is not None and order.approving:
        yield Said(lazy("In a shipment that waits for approval in the shop: {units} of it."), units=order.approving)


def _not_whole(order: ReadyOrder, held: Sequence[Said]) -> NotShipped:
    left = sum(line.left for line in order.lines)
    text = lazy("Order {order} is not ready as a whole, only {ready} of {units}. Nothing was shipped.")
    said = Said(text, order=order.order, ready=order.ready, units=left)
    return NotShipped("{told}", told=together(said, *held))


def _refusal(number: str, wrong: ShopError) -> NotShipped:
    if wrong.retry:
        return NotShipped(
            lazy("The shop did not say whether order {order} was shipped: {reason} Look at it before you try again."),
            order=number,
            reason=wrong,
        )
    return NotShipped(lazy("The shop did not ship it: {reason}"), reason=wrong)
