"""The variants side by side: what is there, what is owed, what may still be sold, what comes next."""

from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from app import shelf
from app.models import Supplier, Supply, Variant
from app.shelf import Filters, Offer, Page, Shelved, Sort, Status
from tests.app.supply_shop import TODAY, Stocks, observe
from tests.app.waiting import Waiting, day

PUBLISHED = {
    "dueback.web.status": "backorder",
    "dueback.web.eta": "2026-11-28",
    "dueback.web.available_now": "0",
    "dueback.web.backorder_left": "47",
}


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Two of S1 are on hand and two come in five days; two orders of two units each. There is S2 besides."""
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    found.look()
    found.expect(2, 5, "PO-1", supplier="Mill")
    found.order(1, 2)
    found.order(2, 2)
    found.look()
    observe(engine, found.shop.id, Stocks({"B": 4}), "V2")
    with engine.begin() as connection:
        connection.execute(update(Variant).where(Variant.id == "V1").values(shown=PUBLISHED))
        connection.execute(update(Variant).where(Variant.id == "V2").values(product_name="Coat 100%", name="XL"))
    return found


def page(there: Waiting, *, offset: int = 0, limit: int = 50, days: int = 0, **filters: Any) -> Page:
    with there.engine.connect() as connection:
        return shelf.page(connection, there.shop, Filters(**filters), today=day(days), offset=offset, limit=limit)


def skus(found: Page) -> list[str]:
    return [row.sku for row in found.rows]


def one(there: Waiting, sku: str = "S1", **more: Any) -> Shelved:
    [row] = page(there, text=sku, **more).rows
    return row


def offer(there: Waiting, sku: str = "S1") -> Offer:
    [found] = one(there, sku).offers
    return found


def test_a_variant_tells_what_is_there_and_what_of_it_is_owed(there: Waiting) -> None:
    row = one(there)
    assert (row.product_name, row.variant_name, row.tracked) == ("Shirt", "M", True)
    assert (row.on_hand, row.free, row.ordered, row.owed, row.orders) == (2, 0, 4, 2, 1)
    free = one(there, "S2")
    assert (free.on_hand, free.free, free.ordered, free.owed, free.demand) == (4, 4, 0, 0, 0)


def test_pools_hold_nothing(there: Waiting) -> None:
    there.stocks.units["POOL"] = 30
    there.look()
    assert one(there).on_hand == 2


def test_free_units_of_one_warehouse_do_not_pay_for_those_that_lack_in_another(there: Waiting) -> None:
    there.stocks.units |= {"B": -1, "P": 5}
    there.look()
    row = one(there)
    assert (row.on_hand, row.free) == (4, 1)


def test_a_channel_tells_what_is_published_and_how_much_of_the_cap_is_taken(there: Waiting) -> None:
    assert offer(there) == Offer(
        channel_id="C", channel="Web", slug="web", status="backorder", eta=day(5), eta_latest=None, available_now=0,
        headroom=47, mode="backorder", cap=50, cap_used=2,
    )  # fmt: skip


def test_where_nothing_is_published_nothing_is_told(there: Waiting) -> None:
    told = offer(there, "S2")
    assert (told.status, told.eta, told.available_now, told.headroom) == (None, None, None, None)


@pytest.mark.parametrize("said", ["soon", "", "-3", "²", "1e9"])
def test_what_others_wrote_under_our_keys_is_not_believed(there: Waiting, said: str) -> None:
    with there.engine.begin() as connection:
        shown = {"dueback.web.eta": said, "dueback.web.backorder_left": said}
        connection.execute(update(Variant).where(Variant.id == "V1").values(shown=shown))
    assert (offer(there).eta, offer(there).headroom) == (None, None)


def test_the_next_supply_is_the_first_that_is_not_late(there: Waiting) -> None:
    there.expect(3, 9, "PO-2")
    following = one(there).next_supply
    assert following is not None
    assert (following.reference, following.supplier, following.units, following.due, following.late) == (
        "PO-1", "Mill", 2, day(5), False,
    )  # fmt: skip
    after = one(there, days=6).next_supply
    late = one(there, days=30).next_supply
    assert after is not None
    assert late is not None
    assert (after.reference, late.reference, late.late) == ("PO-2", "PO-1", True)


def test_demand_since_a_variant_sold_out_is_what_was_ordered_since(there: Waiting) -> None:
    there.ship(1, 2)
    there.look(days=1)
    sold_out = there.looked
    assert (one(there).sold_out_since, one(there).demand) == (sold_out, 0)
    there.order(3, 5, minute=3 * 24 * 60)
    there.look(days=4)
    row = one(there)
    assert (row.sold_out_since, row.owed, row.demand) == (sold_out, 7, 5)


def test_while_something_is_on_hand_demand_is_what_is_owed(there: Waiting) -> None:
    assert (one(there).sold_out_since, one(there).demand) == (None, 2)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["S2", "S1"]),
        ({"sort": Sort.OWED}, ["S1", "S2"]),
        ({"text": "coat 100%"}, ["S2"]),
        ({"text": "%%"}, []),
        ({"text": "s"}, ["S2", "S1"]),
        ({"text": "xl"}, ["S2"]),
        ({"status": Status.BACKORDER}, ["S1"]),
        ({"status": Status.BACKORDER, "channel": "C"}, ["S1"]),
        ({"status": Status.BACKORDER, "channel": "D"}, []),
        ({"status": Status.PREORDER}, []),
        ({"channel": "C"}, ["S2", "S1"]),
        ({"channel": "D"}, []),
        ({"queue": True}, ["S1"]),
        ({"supplier": -1}, []),
        ({"supplier": 10**30}, []),
    ],
)
def test_filters_hold_together(there: Waiting, wanted: dict[str, Any], found: list[str]) -> None:
    seen = page(there, **wanted)
    assert (skus(seen), seen.total) == (found, len(found))


def test_variants_are_found_by_whom_something_is_expected_from(there: Waiting) -> None:
    with there.engine.begin() as connection:
        supplier = connection.scalar(select(Supplier.id))
    assert skus(page(there, supplier=supplier)) == ["S1"]
    with there.engine.begin() as connection:
        connection.execute(update(Supply).values(state="received"))
    assert skus(page(there, supplier=supplier)) == []


def test_a_page_says_how_many_there_are_even_beyond_the_end(there: Waiting) -> None:
    assert (skus(page(there, offset=1, limit=1)), page(there, offset=1, limit=1).total) == (["S1"], 2)
    assert page(there, offset=90) == Page((), 2)


def test_all_variants_are_read_in_the_order_of_the_pages(there: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.shelf.listing.CHUNK", 1)
    with there.engine.connect() as connection:
        assert tuple(shelf.rows(connection, there.shop, Filters(), today=TODAY)) == page(there).rows
