"""What an order says besides: who bought, under which name and price; and how long the buyer's address is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from app import book, installs, sweep
from app.book import customers
from app.models import Line, Order
from app.platforms import ShopError
from app.runtime import Runtime
from tests.app.supply_shop import NOW
from tests.app.waiting import Waiting

BUYER = "buyer@example.com"


@pytest.fixture
def there(engine: Engine) -> Waiting:
    found = Waiting.opened(engine)
    found.order(1, 2)
    sold = {"product_name": "Shirt", "variant_name": "<b>M</b>", "unit_price": Decimal("19.905"), "currency": "EUR"}
    order = found.orders["1"]
    found.orders["1"] = replace(order, customer=BUYER, lines=(replace(order.lines[0], **sold),))  # type: ignore[arg-type]
    found.look()
    return found


def kept(there: Waiting) -> tuple[str, datetime | None]:
    with there.engine.connect() as connection:
        row = connection.execute(select(Order.customer, Order.closed_at)).one()
    return row.customer, row.closed_at


def forget(there: Waiting, after: timedelta) -> None:
    with there.engine.begin() as connection:
        customers.forget(connection, there.shop.id, there.looked + after)


def done(there: Waiting) -> None:
    there.stocks.units["B"] = 2
    there.ship(1, 2)
    there.look(days=1)


def test_a_line_keeps_the_names_and_the_price_it_was_sold_under(there: Waiting) -> None:
    with there.engine.connect() as connection:
        row = connection.execute(select(Line.product_name, Line.variant_name, Line.unit_price, Line.currency)).one()
    assert tuple(row) == ("Shirt", "<b>M</b>", Decimal("19.905"), "EUR")


def test_a_price_the_shop_did_not_tell_is_none(there: Waiting) -> None:
    there.order(2, 1)
    there.look()
    with there.engine.connect() as connection:
        assert connection.scalar(select(Line.unit_price).where(Line.id == "line-2")) is None


def test_the_address_stays_while_anything_is_open_however_long(there: Waiting) -> None:
    forget(there, timedelta(days=900))
    assert kept(there) == (BUYER, None)


def test_the_address_goes_90_days_after_nothing_was_open_any_more(there: Waiting) -> None:
    done(there)
    assert kept(there) == (BUYER, there.looked)
    forget(there, timedelta(days=90))
    assert kept(there)[0] == BUYER
    forget(there, timedelta(days=90, seconds=1))
    assert kept(there) == ("", there.looked)


def test_an_address_that_went_does_not_come_back_when_the_order_is_read_again(there: Waiting) -> None:
    done(there)
    closed = there.looked
    forget(there, timedelta(days=91))
    there.look(days=100)
    assert kept(there) == ("", closed)


def test_an_order_that_opens_again_has_its_address_again(there: Waiting) -> None:
    done(there)
    forget(there, timedelta(days=91))
    there.edit(1, 3)
    there.look(days=100)
    assert kept(there) == (BUYER, None)


def test_of_an_order_that_was_done_before_we_saw_it_no_address_is_kept(engine: Engine) -> None:
    there = Waiting.opened(engine)
    there.order(1, 2)
    there.cancel(1)
    there.orders["1"] = replace(there.orders["1"], customer=BUYER)
    there.look()
    assert kept(there) == ("", there.looked)


def test_an_uninstalled_shop_keeps_no_address(there: Waiting, runtime: Runtime) -> None:
    installs._set_state(runtime, there.shop, "removed", token="")
    assert kept(there)[0] == ""


def test_every_sweep_looks_for_addresses_to_empty_even_of_a_shop_out_of_reach(
    there: Waiting, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(there)
    with there.engine.begin() as connection:
        connection.execute(update(Order).values(closed_at=datetime.now(UTC) - timedelta(days=91)))

    def unreachable(*_: Any) -> None:
        raise ShopError("Nobody answers.", retry=True)

    monkeypatch.setattr(Runtime, "platform", unreachable)
    with pytest.raises(ShopError):
        sweep.run(runtime, there.shop.id)
    assert kept(there)[0] == ""


def test_only_orders_of_the_swept_shop_are_emptied(there: Waiting) -> None:
    done(there)
    with there.engine.begin() as connection:
        customers.forget(connection, there.shop.id + 1, NOW + timedelta(days=900))
    assert kept(there)[0] == BUYER


def test_a_second_read_of_the_same_order_changes_nothing_that_plans_go_by(there: Waiting) -> None:
    seen = [replace(order, customer="other@example.com") for order in there.orders.values()]
    with there.engine.begin() as connection:
        assert book.record_orders(connection, there.shop, ["order-1"], seen, there.looked) == set()
    assert kept(there)[0] == "other@example.com"
