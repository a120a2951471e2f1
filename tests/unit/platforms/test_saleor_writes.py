"""Our changes as Saleor's mutations: many in few requests, and each refusal with its own change."""

import threading
from typing import Any

import pytest

from app.platforms import (
    CANNOT_CANCEL,
    Change,
    DropMetadata,
    Failure,
    NoteOrder,
    ReportProblem,
    SetMetadata,
    SetStock,
    ShipLine,
    ShopError,
)
from app.platforms.saleor import Saleor
from tests.unit.platforms import samples
from tests.unit.platforms.wire import Arguments, Broken, Wire, done, refused


@pytest.fixture(autouse=True)
def _willing(wire: Wire) -> None:
    """A shop that refuses nothing, unless a test makes it."""
    wire.handlers |= {
        "stockBulkUpdate": lambda asked: {"results": [{"errors": None} for _ in asked["stocks"]], "errors": []},
        "productVariantStocksUpdate": done(),
        "updateMetadata": done(),
        "deleteMetadata": done(),
        "orderNoteAdd": done(),
        "appProblemCreate": done(),
        "app": lambda _: samples.app(),
        "shop": lambda _: samples.shop(),
    }


def refuse(code: str, *targets: str, name: str = "id") -> Any:
    return lambda asked: refused(code, "No.") if asked[name] in targets else {"errors": []}


def kept(wire: Wire) -> dict[str, dict[str, str]]:
    """Metadata by target, as the shop was told."""
    return {
        asked["id"]: {item["key"]: item["value"] for item in asked["input"]} for asked in wire.asked("updateMetadata")
    }


def test_nothing_to_write_is_nothing_sent(saleor: Saleor, wire: Wire) -> None:
    assert saleor.write([]) == []
    assert wire.requests == []


def test_many_stocks_are_one_mutation(saleor: Saleor, wire: Wire) -> None:
    assert saleor.write([SetStock(f"V{n}", "Pool", n) for n in range(100)]) == []
    (asked,) = wire.asked("stockBulkUpdate")
    assert asked["errorPolicy"] == "REJECT_FAILED_ROWS"
    assert asked["stocks"][7] == {"variantId": "V7", "warehouseId": "Pool", "quantity": 7}
    assert len(asked["stocks"]) == 100


def test_a_stock_that_is_not_there_yet_is_made(saleor: Saleor, wire: Wire) -> None:
    changes = [SetStock("V1", "Pool", 3, exists=False), SetStock("V1", "Pool2", 4, exists=False)]
    saleor.write([*changes, SetStock("V2", "Pool", 5, exists=False)])
    assert wire.asked("productVariantStocksUpdate") == [
        {
            "variantId": "V1",
            "stocks": [{"warehouse": "Pool", "quantity": 3}, {"warehouse": "Pool2", "quantity": 4}],
        },
        {"variantId": "V2", "stocks": [{"warehouse": "Pool", "quantity": 5}]},
    ]
    assert len(wire.requests) == 1


def test_a_stock_that_vanished_is_made_again_and_the_others_are_written(saleor: Saleor, wire: Wire) -> None:
    not_found = {"errors": [{"field": None, "code": "NOT_FOUND", "message": "Stock was not found."}]}
    wire.handlers["stockBulkUpdate"] = lambda _: {"results": [{"errors": None}, not_found], "errors": []}
    assert saleor.write([SetStock("V1", "Pool", 1), SetStock("V2", "Pool", 2)]) == []
    made = {"variantId": "V2", "stocks": [{"warehouse": "Pool", "quantity": 2}]}
    assert wire.asked("productVariantStocksUpdate") == [made]


def test_a_stock_of_a_variant_that_is_gone_is_refused_alone(saleor: Saleor, wire: Wire) -> None:
    not_found = {"errors": [{"field": None, "code": "NOT_FOUND", "message": "Stock was not found."}]}
    wire.handlers["stockBulkUpdate"] = lambda _: {"results": [{"errors": None}, not_found], "errors": []}
    wire.handlers["productVariantStocksUpdate"] = lambda _: refused("NOT_FOUND", "No such variant.", "variantId")
    gone = SetStock("V2", "Pool", 2)
    assert saleor.write([SetStock("V1", "Pool", 1), gone]) == [
        Failure(gone, "variantId: No such variant.", "NOT_FOUND")
    ]


def test_a_stock_below_zero_never_reaches_the_shop(saleor: Saleor, wire: Wire) -> None:
    """As the first row of a bulk write it would break off the whole, with an internal error."""
    bad = SetStock("V1", "Berlin", -1)
    assert [failure.change for failure in saleor.write([bad, SetStock("V2", "Berlin", 1)])] == [bad]
    assert [row["variantId"] for row in wire.asked("stockBulkUpdate")[0]["stocks"]] == ["V2"]


def test_a_bulk_write_refused_as_a_whole_is_raised(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["stockBulkUpdate"] = lambda _: {"results": [], **refused("GRAPHQL_ERROR", "No.")}
    with pytest.raises(ShopError) as caught:
        saleor.write([SetStock("V1", "Pool", 1)])
    assert (caught.value.code, caught.value.retry) == ("GRAPHQL_ERROR", False)


def test_metadata_goes_four_to_a_request(saleor: Saleor, wire: Wire) -> None:
    saleor.write([SetMetadata(f"V{n}", {"dueback.status": str(n)}) for n in range(10)])
    assert sorted(len(request) for request in wire.requests) == [2, 4, 4]
    assert kept(wire) == {f"V{n}": {"dueback.status": str(n)} for n in range(10)}


def test_four_requests_are_under_way_at_once(saleor: Saleor, wire: Wire) -> None:
    together = threading.Barrier(4, timeout=10)

    def last_of_request(asked: Arguments) -> Any:
        if int(asked["id"]) % 4 == 3:
            together.wait()
        return {"errors": []}

    wire.handlers["updateMetadata"] = last_of_request
    assert saleor.write([SetMetadata(str(n), {}) for n in range(32)]) == []


def test_setting_and_dropping_keys_share_a_request(saleor: Saleor, wire: Wire) -> None:
    saleor.write([SetMetadata("L1", {"dueback.status": "done"}), DropMetadata("L1", ("dueback.expected",))])
    assert [name for name, _ in wire.requests[0]] == ["updateMetadata", "deleteMetadata"]
    assert wire.asked("deleteMetadata") == [{"id": "L1", "keys": ["dueback.expected"]}]


def test_what_the_shop_refuses_comes_back_with_its_reason(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["updateMetadata"] = refuse("NOT_FOUND", "V2", "V9")
    changes = [SetMetadata(f"V{n}", {"dueback.status": "x"}) for n in range(12)]
    assert saleor.write(changes) == [Failure(changes[2], "No.", "NOT_FOUND"), Failure(changes[9], "No.", "NOT_FOUND")]


def test_one_mutation_that_breaks_does_not_hide_what_became_of_the_others(saleor: Saleor, wire: Wire) -> None:
    def breaks(asked: Arguments) -> Any:
        if asked["id"] == "V1":
            raise Broken("deadlock detected", "OperationalError")
        return {"errors": []}

    wire.handlers["updateMetadata"] = breaks
    changes = [SetMetadata(f"V{n}", {}) for n in range(4)]
    assert saleor.write(changes) == [Failure(changes[1], "deadlock detected", "OperationalError")]


def denied(_asked: Arguments) -> Any:
    raise Broken("You need the permission MANAGE_PRODUCTS", "PermissionDenied")


def test_a_missing_permission_is_no_fault_of_the_changes(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["updateMetadata"] = denied
    with pytest.raises(ShopError) as caught:
        saleor.write([SetMetadata(f"V{n}", {}) for n in range(3)])
    assert caught.value.code == "PERMISSION_DENIED"


def test_a_dead_token_stops_what_has_not_begun(saleor: Saleor, wire: Wire) -> None:
    wire.handlers |= {"updateMetadata": denied, "app": lambda _: None}
    with pytest.raises(ShopError) as caught:
        saleor.write([SetMetadata(f"V{n}", {}) for n in range(400)])
    assert caught.value.code == "TOKEN_DEAD"
    assert len(wire.asked("updateMetadata")) < 400


def test_a_note_is_sent_once_and_by_itself(saleor: Saleor, wire: Wire, http: Any) -> None:
    saleor.write([NoteOrder("O1", "Counted again."), SetMetadata("O1", {"dueback.status": "done"})])
    assert sorted(len(request) for request in wire.requests) == [1, 1]
    assert wire.asked("orderNoteAdd") == [{"order": "O1", "input": {"message": "Counted again."}}]


def test_a_note_whose_fate_is_unknown_is_not_sent_again(http: Any, pauses: list[float]) -> None:
    http.post("https://other.example/graphql/", status=502)
    with pytest.raises(ShopError) as caught:
        Saleor("https://other.example/graphql/", "token").write([NoteOrder("O1", "Counted again.")])
    assert (caught.value.retry, len(http.calls)) == (True, 1)


def test_other_writes_are_sent_again(http: Any, pauses: list[float]) -> None:
    http.post("https://other.example/graphql/", status=502)
    changes: list[Change] = [SetMetadata("V1", {}), ReportProblem("key", "Something is wrong.")]
    with pytest.raises(ShopError):
        Saleor("https://other.example/graphql/", "token").write(changes)
    assert len(http.calls) == 4


def test_a_problem_told_again_is_counted_and_not_shown_anew_for_a_year(saleor: Saleor, wire: Wire) -> None:
    saleor.write([ReportProblem("overrun:L1", "Order 7: two too many.")])
    assert wire.asked("appProblemCreate") == [
        {"input": {"key": "overrun:L1", "message": "Order 7: two too many.", "aggregationPeriod": 525_600}}
    ]


def test_units_of_a_line_ship_from_several_warehouses(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orderFulfill"] = lambda _: {"fulfillments": [{"id": "F1"}, {"id": "F2"}], "errors": []}
    lines = [ShipLine("L1", "Berlin", 2), ShipLine("L1", "Paris", 1), ShipLine("L2", "Berlin", 4)]
    assert saleor.ship("O1", lines, exceed=True, tracking="T1", notify=False) == ["F1", "F2"]
    (asked,) = wire.asked("orderFulfill")
    assert asked["order"] == "O1"
    assert asked["input"] == {
        "lines": [
            {
                "orderLineId": "L1",
                "stocks": [{"warehouse": "Berlin", "quantity": 2}, {"warehouse": "Paris", "quantity": 1}],
            },
            {"orderLineId": "L2", "stocks": [{"warehouse": "Berlin", "quantity": 4}]},
        ],
        "allowStockToBeExceeded": True,
        "trackingNumber": "T1",
        "notifyCustomer": False,
    }


def test_an_order_is_cancelled_once(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orderCancel"] = done()
    saleor.cancel_order("O1")
    assert wire.asked("orderCancel") == [{"id": "O1"}]


def test_an_order_the_shop_does_not_cancel_says_why(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orderCancel"] = lambda _: refused(CANNOT_CANCEL, "This order can't be canceled.")
    with pytest.raises(ShopError, match="can't be canceled") as caught:
        saleor.cancel_order("O1")
    assert (caught.value.code, caught.value.retry) == (CANNOT_CANCEL, False)


def test_a_shipment_the_shop_refuses_says_why(saleor: Saleor, wire: Wire) -> None:
    unpaid = refused("CANNOT_FULFILL_UNPAID_ORDER", "Cannot fulfill unpaid order.")
    wire.handlers["orderFulfill"] = lambda _: {"fulfillments": None, **unpaid}
    with pytest.raises(ShopError, match="unpaid") as caught:
        saleor.ship("O1", [ShipLine("L1", "Berlin", 2)], exceed=False, tracking="", notify=True)
    assert (caught.value.code, caught.value.retry) == ("CANNOT_FULFILL_UNPAID_ORDER", False)
