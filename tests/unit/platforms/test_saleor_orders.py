"""Saleor's orders into our words: when they were accepted, their lines, and where shipments went."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.platforms import OrderSeen
from app.platforms.saleor import Saleor
from tests.unit.platforms import samples
from tests.unit.platforms.samples import event, line, metadata, order, shipment
from tests.unit.platforms.wire import Broken, Wire, connection, in_turn, pages

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
EIGHT = NINE - timedelta(hours=1)


def read_order(saleor: Saleor, wire: Wire, found: dict[str, Any], events: list[dict[str, Any]]) -> OrderSeen:
    wire.handlers["orders"] = in_turn(connection(found), connection({"id": found["id"], "events": events}))
    (seen,) = saleor.orders([found["id"]])
    return seen


def test_a_checkout_order_was_accepted_when_it_was_created(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages(order(origin="CHECKOUT"))
    (seen,) = saleor.orders(["O1"])
    assert (seen.created, seen.placed, len(wire.requests)) == (EIGHT, EIGHT, 1)


def test_a_bulk_imported_order_does_not_say_when_it_was_accepted(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages(order(origin="BULK_CREATE"))
    (seen,) = saleor.orders(["O1"])
    assert (seen.placed, len(wire.requests)) == (None, 1)


@pytest.mark.parametrize("origin", ["DRAFT", "REISSUE"])
def test_a_draft_was_accepted_when_it_became_an_order(saleor: Saleor, wire: Wire, origin: str) -> None:
    events = [event("DRAFT_CREATED"), event("PLACED_FROM_DRAFT", date=NINE.isoformat())]
    seen = read_order(saleor, wire, order(origin=origin), events)
    assert (seen.created, seen.placed) == (EIGHT, NINE)


def test_a_draft_whose_history_is_gone_counts_from_its_creation(saleor: Saleor, wire: Wire) -> None:
    assert read_order(saleor, wire, order(origin="DRAFT"), []).placed == EIGHT


def test_an_order_without_an_origin_does_not_hide_the_others(saleor: Saleor, wire: Wire) -> None:
    """Seen on a real Saleor: its own sample data has such orders, and they break off the whole answer."""
    broken = Broken('Expected a value of type "OrderOriginEnum" but received: ', "GraphQLError")
    without_origin = {key: value for key, value in order().items() if key != "origin"}
    events = [event("PLACED_FROM_DRAFT", date=NINE.isoformat())]
    wire.handlers["orders"] = in_turn(broken, connection(without_origin), connection({"id": "O1", "events": events}))
    wire.handlers |= {"app": lambda _: samples.app(), "shop": lambda _: samples.shop()}
    (seen,) = saleor.orders(["O1"])
    assert (seen.origin, seen.placed) == ("", NINE)


def test_what_an_order_says_beside_us_is_told_apart(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages(order(isPaid=False, metadata=metadata(**{"dueback.status": "ready", "rank": "3"})))
    (seen,) = saleor.orders(["O1"])
    assert (seen.paid, seen.metadata, seen.others) == (False, {"dueback.status": "ready"}, {"rank": "3"})


def test_a_line_is_read_whole(saleor: Saleor, wire: Wire) -> None:
    allocations = [
        {"quantity": 2, "warehouse": {"id": "Pool"}},
        {"quantity": 1, "warehouse": {"id": "Berlin"}},
    ]
    found = line(quantityFulfilled=1, allocations=allocations, metadata=metadata(dueback__status="waiting", gift="yes"))
    wire.handlers["orders"] = pages(order(lines=[found, line(id="L2", variant=None, productSku=None)]))
    (seen,) = saleor.orders(["O1"])
    first, second = seen.lines
    assert (first.variant, first.quantity, first.fulfilled) == ("V1", 3, 1)
    assert (first.allocations, first.metadata) == ({"Pool": 2, "Berlin": 1}, {"dueback.status": "waiting"})
    assert (first.product_name, first.variant_name) == ("Shirt", "M")
    assert (first.unit_price, first.currency) == (Decimal("19.9"), "EUR")
    assert (second.variant, second.sku) == (None, "")


@pytest.mark.parametrize("said", [None, "", "buyer@example.com"])
def test_an_order_says_whose_it_is_if_it_knows(saleor: Saleor, wire: Wire, said: str | None) -> None:
    wire.handlers["orders"] = pages(order(userEmail=said))
    (seen,) = saleor.orders(["O1"])
    assert seen.customer == (said or "")


def test_a_shipment_says_where_it_left_from(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages(order(fulfillments=[shipment(), shipment(id="F2", warehouse=None)]))
    (seen,) = saleor.orders(["O1"])
    assert [(sent.warehouse, sent.cancelled_into) for sent in seen.fulfilments] == [("Berlin", None), (None, None)]
    assert seen.fulfilments[0].lines == (("FL1", "L1", 2),)


def cancelled(*history: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    shipments = [shipment(status="CANCELED"), shipment(id="F2", fulfillmentOrder=2, status="CANCELED")]
    return order(fulfillments=shipments), list(history)


def gone(position: int) -> dict[str, Any]:
    return event("FULFILLMENT_CANCELED", composedId=f"7-{position}")


def back(warehouse: str, units: int = 2) -> dict[str, Any]:
    return event("FULFILLMENT_RESTOCKED_ITEMS", quantity=units, warehouse={"id": warehouse})


def test_a_cancelled_shipment_says_which_warehouse_got_it_back(saleor: Saleor, wire: Wire) -> None:
    seen = read_order(saleor, wire, *cancelled(gone(2), back("Pool"), gone(1), back("Berlin")))
    assert [sent.cancelled_into for sent in seen.fulfilments] == ["Berlin", "Pool"]


def test_a_cancelled_shipment_that_had_not_left_went_back_nowhere(saleor: Saleor, wire: Wire) -> None:
    seen = read_order(saleor, wire, *cancelled(gone(2), back("Pool"), gone(1)))
    assert [sent.cancelled_into for sent in seen.fulfilments] == [None, "Pool"]


def test_a_warehouse_deleted_since_is_no_place(saleor: Saleor, wire: Wire) -> None:
    restocked = event("FULFILLMENT_RESTOCKED_ITEMS", quantity=2)
    seen = read_order(saleor, wire, *cancelled(gone(1), restocked))
    assert seen.fulfilments[0].cancelled_into is None


def test_notes_are_read_as_they_are_now(saleor: Saleor, wire: Wire) -> None:
    events = [
        event("NOTE_ADDED", message="first"),
        event("PLACED", message="no note"),
        event("NOTE_UPDATED", message="2"),
    ]
    wire.handlers["orders"] = pages({"id": "O1", "events": events})
    assert saleor.notes("O1") == ["first", "2"]


def test_an_order_that_is_gone_has_no_notes(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages()
    assert saleor.notes("O1") == []
