"""A shop whose buyers wait, and staff at their desk there, on the day that its orders were placed."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import Engine

from app.models import Shop
from tests.admin.desk import Desk
from tests.app.door import Door
from tests.app.supply_shop import NOW
from tests.app.waiting import Waiting


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Two on hand and two to come in five days, for orders of two units each; for the third there is nothing."""
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    found.look()
    found.expect(2, 5, "PO-1", supplier="Mill")
    for number in (1, 2, 3):
        found.order(number, 2)
    found.look()
    return found


@pytest.fixture
def shop(there: Waiting) -> Shop:
    return there.shop


@pytest.fixture
def door(there: Waiting, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door.opened(there, monkeypatch)


@pytest.fixture
def at(desk: Desk) -> Desk:
    """Somebody who may manage orders is signed in."""
    desk.sign_in("MANAGE_ORDERS")
    return desk
