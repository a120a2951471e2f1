"""The shop: its tables, one lock, and units of work that happen whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from . import catalogue, people, places, sales
from .switches import Switches
from .table import Key, Row, Table

# Attributes that lists are sorted by.
_SORTED_BY = frozenset({"sku", "slug", "name"})


@dataclass(frozen=True, slots=True)
class Happened:
    """Something webhooks may be told: Saleor's lower-case event name, what it is about, when, and who caused it."""

    name: str
    about: dict[str, Any]
    at: datetime
    user: int | None
    app: int | None


@dataclass(slots=True)
class Work:
    """What one request has changed so far, so that it can be undone, and what it will tell once it is done."""

    user: int | None = None
    app: int | None = None
    undo: list[Callable[[], None]] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    at_end: list[Callable[[], None]] = field(default_factory=list)


@dataclass(slots=True)
class Rush:
    """Completions between their check and their allocation, and when (monotonic seconds) the last of them came."""

    under_way: int = 0
    last: float = 0.0


class Shop:
    """All state. Reading needs ``lock``; changing needs ``working()``, which takes it."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = clock
        self.lock = threading.RLock()
        self._elsewhere = threading.Condition(self.lock)
        self.switches = Switches()
        self.tell: Callable[[list[Happened]], None] = lambda _happened: None
        self.channels: Table[places.Channel] = Table()
        self.warehouses: Table[places.Warehouse] = Table()
        self.zones: Table[places.Zone] = Table()
        self.methods: Table[places.Method] = Table("zone")
        self.settings_rows: Table[places.Settings] = Table()
        self.product_types: Table[catalogue.ProductType] = Table()
        self.categories: Table[catalogue.Category] = Table()
        self.collections: Table[catalogue.Collection] = Table()
        self.products: Table[catalogue.Product] = Table()
        self.variants: Table[catalogue.Variant] = Table("product")
        self.stocks: Table[catalogue.Stock] = Table("variant", "warehouse")
        self.allocations: Table[catalogue.Allocation] = Table("line", "stock")
        self.reservations: Table[catalogue.Reservation] = Table("checkout_line", "stock")
        self.checkouts: Table[sales.Checkout] = Table()
        self.checkout_lines: Table[sales.CheckoutLine] = Table("checkout")
        self.transactions: Table[sales.Transaction] = Table("checkout", "order")
        self.orders: Table[sales.Order] = Table("checkout")
        self.order_lines: Table[sales.OrderLine] = Table("order")
        self.fulfillments: Table[sales.Fulfillment] = Table("order")
        self.fulfillment_lines: Table[sales.FulfillmentLine] = Table("fulfillment", "line")
        self.order_events: Table[sales.OrderEvent] = Table("order")
        self.users: Table[people.User] = Table()
        self.apps: Table[people.App] = Table()
        self.extensions: Table[people.Extension] = Table("app")
        self.tokens: Table[people.AppToken] = Table("app", "token")
        self.installations: Table[people.Installation] = Table()
        self.webhooks: Table[people.Webhook] = Table("app")
        self.deliveries: Table[people.Delivery] = Table("webhook")
        self.attempts: Table[people.Attempt] = Table("delivery")
        self.problems: Table[people.Problem] = Table("app")
        self.tables: dict[type, Table[Any]] = {
            places.Channel: self.channels,
            places.Warehouse: self.warehouses,
            places.Zone: self.zones,
            places.Method: self.methods,
            places.Settings: self.settings_rows,
            catalogue.ProductType: self.product_types,
            catalogue.Category: self.categories,
            catalogue.Collection: self.collections,
            catalogue.Product: self.products,
            catalogue.Variant: self.variants,
            catalogue.Stock: self.stocks,
            catalogue.Allocation: self.allocations,
            catalogue.Reservation: self.reservations,
            sales.Checkout: self.checkouts,
            sales.CheckoutLine: self.checkout_lines,
            sales.Transaction: self.transactions,
            sales.Order: self.orders,
            sales.OrderLine: self.order_lines,
            sales.Fulfillment: self.fulfillments,
            sales.FulfillmentLine: self.fulfillment_lines,
            sales.OrderEvent: self.order_events,
            people.User: self.users,
            people.App: self.apps,
            people.Extension: self.extensions,
            people.AppToken: self.tokens,
            people.Installation: self.installations,
            people.Webhook: self.webhooks,
            people.Delivery: self.deliveries,
            people.Attempt: self.attempts,
            people.Problem: self.problems,
        }
        self.dirty: dict[tuple[type, Key], Row | None] = {}
        self.rush = Rush()
        self.numbers = 0
        self._work: Work | None = None
        self._sorted: dict[tuple[int, int], tuple[int, list[Any]]] = {}
        self.settings_rows.put(places.Settings())

    @property
    def settings(self) -> places.Settings:
        return self.settings_rows[1]

    @property
    def work(self) -> Work:
        if self._work is None:
            raise RuntimeError("the shop is changed outside a unit of work")
        return self._work

    @contextmanager
    def working(self, user: int | None = None, app: int | None = None) -> Iterator[Work]:
        """A unit of work: on an exception every change is undone and nothing is told."""
        with self.lock:
            if self._work is not None:
                raise RuntimeError("units of work do not nest")
            work = self._work = Work(user, app)
            try:
                yield work
            except BaseException:
                for step in reversed(work.undo):
                    step()
                self._sorted.clear()
                raise
            else:
                for step in work.at_end:
                    step()
            finally:
                self._work = None
            if work.happened:
                self.tell(work.happened)

    def elsewhere(self, seconds: float) -> None:
        """Let other requests run for a while in the middle of this unit of work, as a database without a lock does."""
        work, self._work = self._work, None
        # Nobody notifies: waiting gives the lock up at every depth and takes it back when the time is over.
        self._elsewhere.wait(seconds)
        self._work = work

    def add(self, row: Any) -> None:
        table = self.tables[type(row)]
        table.put(row)
        self.work.undo.append(lambda: table.discard(row))
        self.dirty[type(row), row.pk] = row

    def remove(self, row: Any) -> None:
        table = self.tables[type(row)]
        table.discard(row)

        def back() -> None:
            table.restore(row)
            self.dirty[type(row), row.pk] = row

        self.work.undo.append(back)
        self.dirty[type(row), row.pk] = None

    def set(self, row: Any, **values: Any) -> None:
        """Give attributes of a row new values. Dicts and tuples are replaced, never changed in place."""
        undo = self.work.undo
        if not _SORTED_BY.isdisjoint(values):
            self.tables[type(row)].version += 1
        for name, value in values.items():
            before = getattr(row, name)
            undo.append(lambda name=name, before=before: setattr(row, name, before))  # type: ignore[misc]
            setattr(row, name, value)
        self.dirty[type(row), row.pk] = row

    def next_number(self) -> int:
        """The number of the next order; drafts take theirs when they are made."""
        last = next(reversed(self.orders.rows.values()), None)
        self.numbers = max(self.numbers, last.number if last else 0) + 1
        return self.numbers

    def note(self, row: Any) -> None:
        """Keep a row outside any unit of work: what became of deliveries belongs to no request. Needs the lock."""
        self.tables[type(row)].put(row)
        self.dirty[type(row), row.pk] = row

    def forget(self, row: Any) -> None:
        self.tables[type(row)].discard(row)
        self.dirty[type(row), row.pk] = None

    def in_order(self, table: Table[Any], sort_key: Callable[[Any], Any]) -> list[Any]:
        """The rows of a table sorted by a key; sorted again only after rows came, went or were renamed."""
        place = (id(table), id(sort_key))
        known = self._sorted.get(place)
        if known is None or known[0] != table.version:
            known = self._sorted[place] = (table.version, sorted(table, key=sort_key))
        return known[1]

    def happen(self, name: str, **about: Any) -> None:
        """Tell webhooks of this once the work is done."""
        work = self.work
        work.happened.append(Happened(name, about, self.now(), work.user, work.app))
