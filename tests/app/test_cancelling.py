"""Cancelling whole orders: the shop does it, and says when it does not."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, delete, select

from app import cancelling, tasks
from app.cancelling import NotCancelled
from app.models import Activity, Line, Mark
from app.platforms import CANNOT_CANCEL, ShopError
from app.runtime import Runtime
from tests.app.supply_shop import WHO
from tests.app.waiting import Waiting


@dataclass
class Door:
    """A shop that cancels what it is asked to, unless there is a `refusal`."""

    there: Waiting
    cancelled: list[str] = field(default_factory=list)
    refusal: ShopError | None = None

    def close(self) -> None:
        """There is no connection to let go of."""

    def cancel_order(self, order: str) -> None:
        if self.refusal:
            raise self.refusal
        self.cancelled.append(order)
        self.there.cancel(int(order.removeprefix("order-")))


@pytest.fixture
def there(engine: Engine) -> Waiting:
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    for number in (1, 2):
        found.order(number, 2)
    found.look()
    return found


@pytest.fixture
def door(there: Waiting, monkeypatch: pytest.MonkeyPatch) -> Door:
    """And a worker that looks at once whenever it is woken."""
    made = Door(there)

    def look(_shop_id: int) -> None:
        there.look()
        with there.engine.begin() as connection:
            connection.execute(delete(Mark))

    monkeypatch.setattr(tasks, "wake", look)
    monkeypatch.setattr(Runtime, "platform", lambda _runtime, _shop: made)
    return made


def test_a_cancelled_order_is_owed_no_more_and_the_next_one_moves_up(
    there: Waiting, door: Door, runtime: Runtime
) -> None:
    assert cancelling.cancel(runtime, there.shop, "order-1", who=WHO, why="the buyer called") == "1"
    with there.engine.connect() as connection:
        lines = connection.execute(select(Line.open, Line.ready).order_by(Line.id)).all()
        told = connection.execute(select(Activity.who, Activity.subject_id, Activity.params)
                                  .where(Activity.kind == "order.cancelled")).one()  # fmt: skip
    assert [tuple(line) for line in lines] == [(0, 0), (2, 2)]
    assert tuple(told) == (WHO, "order-1", {"order": "1", "why": "the buyer called"})


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (ShopError("No.", retry=False, code=CANNOT_CANCEL), "Order 2 cannot be cancelled. It is cancelled already, or"),
        (ShopError("No.", retry=False, code="OTHER"), "The shop did not cancel order 2: No."),
        (ShopError("Gone.", retry=True), "did not say whether order 2 was cancelled"),
    ],
)
def test_what_the_shop_refuses_is_a_plain_sentence_and_is_no_activity(
    there: Waiting, door: Door, runtime: Runtime, refusal: ShopError, says: str
) -> None:
    door.refusal, looked = refusal, there.looked
    with pytest.raises(NotCancelled, match=says):
        cancelling.cancel(runtime, there.shop, "order-2", who=WHO)
    with there.engine.connect() as connection:
        assert connection.scalar(select(Activity.id).where(Activity.kind == "order.cancelled")) is None
    assert there.looked > looked


def test_an_order_that_was_shipped_in_part_says_how_much_of_it(there: Waiting, door: Door, runtime: Runtime) -> None:
    there.ship(1, 1)
    there.look()
    door.refusal = ShopError("No.", retry=False, code=CANNOT_CANCEL)
    with pytest.raises(NotCancelled, match="any more: of it left or in a shipment: 1 unit"):
        cancelling.cancel(runtime, there.shop, "order-1", who=WHO)


def test_an_order_is_cancelled_once(there: Waiting, door: Door, runtime: Runtime) -> None:
    cancelling.cancel(runtime, there.shop, "order-1", who=WHO)
    with pytest.raises(NotCancelled, match="Order 1 is cancelled already"):
        cancelling.cancel(runtime, there.shop, "order-1", who=WHO)
    assert door.cancelled == ["order-1"]


def test_an_order_nobody_knows_is_not_asked_for(there: Waiting, door: Door, runtime: Runtime) -> None:
    with pytest.raises(NotCancelled, match="no such order"):
        cancelling.cancel(runtime, there.shop, "order-9", who=WHO)
    assert door.cancelled == []
