"""Cancelling whole orders through the shop."""

import pytest
from sqlalchemy import Engine, select

from app import cancelling
from app.cancelling import NotCancelled
from app.models import Activity, Line, Shop
from app.platforms import ShopError
from app.runtime import Runtime
from tests.app.door import Door
from tests.app.supply_shop import WHO
from tests.app.waiting import Waiting


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Two on hand, for the first of two orders of two units each."""
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    for number in (1, 2):
        found.order(number, 2)
    found.look()
    return found


@pytest.fixture
def door(there: Waiting, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door.opened(there, monkeypatch)


def test_what_a_cancelled_order_had_goes_to_the_next_and_the_record_says_who_did_it(
    there: Waiting, door: Door, runtime: Runtime
) -> None:
    assert cancelling.cancel(runtime, there.shop, "order-1", who=WHO) == "1"
    assert door.cancelled == ["order-1"]
    with there.engine.connect() as connection:
        lines = connection.execute(select(Line.open, Line.ready).order_by(Line.id)).all()
        kept = connection.execute(select(Activity.who, Activity.kind, Activity.subject_name)).one()
    assert [tuple(line) for line in lines] == [(0, 0), (2, 2)]
    assert tuple(kept) == (WHO, "order.cancelled", "1")


@pytest.mark.parametrize(
    ("retry", "says"),
    [(False, "The shop did not cancel it: This order can't be"), (True, "did not say whether order 1 was cancelled")],
)
def test_what_the_shop_refuses_is_told_and_looked_at(
    there: Waiting, door: Door, runtime: Runtime, retry: bool, says: str
) -> None:
    door.refusal = ShopError("This order can't be canceled.", retry=retry)
    looked = there.looked
    with pytest.raises(NotCancelled, match=says):
        cancelling.cancel(runtime, there.shop, "order-1", who=WHO)
    assert there.looked > looked
    assert there.count(Activity) == 0


def test_nothing_is_asked_of_a_shop_that_rests_or_about_an_order_it_does_not_have(
    there: Waiting, door: Door, runtime: Runtime
) -> None:
    with pytest.raises(NotCancelled, match="no such order"):
        cancelling.cancel(runtime, there.shop, "order-9", who=WHO)
    with pytest.raises(NotCancelled, match="inactive"):
        cancelling.cancel(runtime, Shop(id=there.shop.id, state="inactive"), "order-1", who=WHO)
    assert door.cancelled == []
