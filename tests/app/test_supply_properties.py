"""Whatever arrives, is entered, undone, shipped or corrected, in whatever order: no unit is promised twice."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app import models
from app.runtime import Runtime
from app.supply import BadSupply, lines, receiving, rises
from tests.app.supply_shop import (
    TODAY,
    WHO,
    Stocks,
    expect,
    installed,
    look,
    ordered,
    receipts_of,
    shipment,
    units_coming,
)

names = count()


@dataclass
class World:
    """What truly is, beside what the shop's stock and Dueback say.

    `goods` are units really there; `owed` what each supply truly has to come; `uncounted` units are there and not in
    the shop's stock yet; `untold` shipments are not heard of yet: (order, units, back).
    Each step takes a while, `now` is after it; the shipment of an order `left_at` some time.
    """

    runtime: Runtime
    stocks: Stocks
    shop: models.Shop
    goods: int = 0
    owed: dict[int, int] = field(default_factory=dict)
    uncounted: int = 0
    untold: list[tuple[str, int, str | None]] = field(default_factory=list)
    shipped: list[tuple[str, int]] = field(default_factory=list)
    left_at: dict[str, datetime] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def engine(self) -> Engine:
        return self.runtime.engine

    def expect(self, units: int) -> None:
        self.owed[expect(self.engine, self.shop, units)] = units

    def arrive(self, units: int) -> int:
        """Up to so many units of the line that owes most are there. Returns how many."""
        if not self.owed:
            return 0
        number = max(self.owed, key=lambda line: self.owed[line])
        come = min(units, self.owed[number])
        self.owed[number] -= come
        self.goods += come
        return come

    def arrive_and_count(self, units: int) -> None:
        self.stocks.units["B"] += self.arrive(units)

    def enter(self, units: int, *, raise_stock: bool = False) -> None:
        """They arrive and a person enters them, before anybody counts them."""
        number = max(self.owed, key=lambda line: self.owed[line], default=0)
        come = self.arrive(units)
        self.uncounted += come
        try:
            receiving.receive(self.runtime, self.shop, number, come, who=WHO, raise_stock=raise_stock)
        except BadSupply:
            return
        if raise_stock:
            self.uncounted -= come

    def raise_stock(self, units: int) -> None:
        self.enter(units, raise_stock=True)

    def count(self, units: int) -> None:
        """Somebody counts what is there and was not counted."""
        counted = min(units, self.uncounted)
        self.uncounted -= counted
        self.stocks.units["B"] += counted

    def correct(self, units: int) -> None:
        """Units nobody knew of turn up."""
        self.goods += units
        self.stocks.units["B"] += units

    def ship(self, units: int) -> None:
        units = min(units, self.stocks.units["B"])
        if units:
            name = f"order {next(names)}"
            self.goods -= units
            self.stocks.units["B"] -= units
            self.shipped.append((name, units))
            self.untold.append((name, units, None))
            self.left_at[name] = self.now

    def cancel(self, _units: int) -> None:
        if self.shipped:
            name, units = self.shipped.pop()
            self.goods += units
            self.stocks.units["B"] += units
            self.untold.append((name, units, "B"))

    def tell(self, units: int = 99) -> None:
        """Dueback reads orders, the oldest news first."""
        for name, shipped, back in self.untold[:units]:
            happened = shipment(name, shipped, back=back, at=self.left_at[name])
            ordered(self.engine, self.shop, name, happened)
        del self.untold[:units]

    def look(self, _units: int = 0) -> None:
        look(self.engine, self.shop, self.stocks, self.now)

    def undo(self, units: int) -> None:
        """A person takes a receipt back."""
        standing = [receipt for receipt in receipts_of(self.engine, self.shop) if receipt.undone_at is None]
        for receipt in standing[: units % 2]:
            if receipt.source == "person" or self.said_too_much(receipt.supply_id) >= receipt.units:
                with self.engine.begin() as connection:
                    receiving.undo(connection, self.shop, receipt.id, who=WHO)

    def said_too_much(self, number: int) -> int:
        """How many more units of a line Dueback holds for received than have come."""
        with self.engine.begin() as connection:
            [row] = lines.rows(connection, self.shop.id, number=number, today=TODAY)
        return int(row.received - (row.quantity - self.owed[number]))

    def settle(self, _units: int) -> None:
        """A person settles the oldest rise by what they know: of a line that has come, or of none."""
        with self.engine.begin() as connection:
            for rise in rises.rows(connection, self.shop.id, limit=1):
                came = [number for number in self.owed if self.said_too_much(number) < 0]
                if came:
                    rises.take(connection, self.shop, rise.id, came[0], who=WHO)
                else:
                    rises.dismiss(connection, self.shop, rise.id, who=WHO)

    def check(self) -> None:
        self.tell()
        self.look()
        promised = self.stocks.units["B"] + units_coming(self.engine, self.shop)
        assert promised <= self.goods + sum(self.owed.values())


STEPS = (
    "expect", "arrive_and_count", "enter", "raise_stock", "count", "correct", "ship", "cancel", "tell", "look", "undo",
    "settle", "check",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 6)), min_size=4, max_size=20))
def test_no_unit_is_promised_twice(runtime: Runtime, steps: list[tuple[str, int]]) -> None:
    stocks = Stocks()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runtime, "platform", lambda _self, _shop: stocks.platform)
        world = World(runtime, stocks, installed(runtime.engine, f"shop-{next(names)}"))
        world.correct(6)
        world.look()
        world.expect(6)
        for step, units in steps:
            world.now += timedelta(minutes=units)
            if step == "check":
                world.check()
            else:
                getattr(world, step)(units)
        world.check()
