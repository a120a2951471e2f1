"""Which events tell of what, and how they travel."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest

from tests.sandbox.desk import Desk
from tests.sandbox.listening import Heard, Listener

APP = "QXBwOjE="
ALL_PERMISSIONS = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING", "MANAGE_CHECKOUTS"]
STOCK = "{ __typename issuedAt version issuingPrincipal { __typename ... on User { id email } ... on App { id } }"
STOCK_EVENTS = ("ProductVariantStockUpdated", "ProductVariantOutOfStock", "ProductVariantBackInStock")
PLAIN_EVENTS = [
    "ProductUpdated",
    "ProductVariantCreated",
    "ProductVariantUpdated",
    "ProductVariantDeleted",
    "ProductVariantMetadataUpdated",
    "OrderCreated",
    "OrderUpdated",
    "OrderConfirmed",
    "OrderPaid",
    "OrderFullyPaid",
    "OrderFulfilled",
    "OrderCancelled",
    "OrderMetadataUpdated",
    "OrderBulkCreated",
    "FulfillmentCreated",
    "FulfillmentApproved",
    "FulfillmentCanceled",
    "CheckoutCreated",
    "CheckoutUpdated",
    "WarehouseCreated",
    "WarehouseUpdated",
    "ChannelUpdated",
    "ShippingZoneUpdated",
    "AppStatusChanged",
    "AppDeleted",
    "ProductVariantOutOfStockInChannel",
    "ProductVariantBackInStockInChannel",
]
QUERY = (
    "subscription { event "
    + STOCK
    + " recipient { id } "
    + " ".join(f"... on {name} {{ productVariant {{ id }} warehouse {{ id slug }} }}" for name in STOCK_EVENTS)
    + " "
    + " ".join(f"... on {name} {{ __typename }}" for name in PLAIN_EVENTS)
    + " ... on OrderCreated { order { number } } } }"
)


@pytest.fixture
def app(desk: Desk) -> Iterator[Listener]:
    """An installed app that is told of everything."""
    with Listener() as listener:
        install(desk, listener)
        yield listener


def install(desk: Desk, listener: Listener, query: str = QUERY) -> None:
    listener.manifest = {
        "id": "test.app",
        "name": "Test app",
        "version": "1",
        "permissions": ALL_PERMISSIONS,
        "tokenTargetUrl": f"{listener.origin}/register",
        "webhooks": [{"name": "all", "targetUrl": f"{listener.origin}/hook", "query": query}],
    }
    asked = {"appName": "Test app", "manifestUrl": f"{listener.origin}/manifest", "permissions": ALL_PERMISSIONS}
    desk.do("appInstall", input=asked)
    listener.wait_for("/register")
    wait_installed(desk)


def wait_installed(desk: Desk) -> None:
    """Until no installation is under way."""
    for _ in range(500):
        rows = desk.ask("{ appsInstallations { status } }")
        if not any(row["status"] == "PENDING" for row in rows):
            return
    raise AssertionError("the installation did not end")


def told(listener: Listener, desk: Desk) -> list[str]:
    """The events since the last look, sorted; those of a stock with its warehouse."""
    assert desk.server.settled()
    found = sorted(map(label, listener.webhooks))
    listener.heard.clear()
    return found


def label(heard: Heard) -> str:
    warehouse = heard.told.get("warehouse")
    return f"{heard.event}@{warehouse['slug']}" if warehouse and "stock" in heard.event else heard.event


def test_the_table_of_events(desk: Desk, app: Listener) -> None:
    """The mutations of the live samples, one after the other, each with what it told."""
    home, other = desk.warehouse(), desk.warehouse()
    channel = desk.channel(home, other)
    at_home, at_other = "warehouse-1", "warehouse-2"
    told(app, desk)
    variant = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 5}])
    made = told(app, desk)
    assert made == ["product_updated", "product_variant_created", "product_variant_updated"]
    desk.put(variant, home, 7)
    assert told(app, desk) == [f"product_variant_stock_updated@{at_home}"]
    desk.put(variant, home, 7)
    assert told(app, desk) == [f"product_variant_stock_updated@{at_home}"], "also without a change"
    desk.put(variant, home, 0)
    gone, updated = f"product_variant_out_of_stock@{at_home}", f"product_variant_stock_updated@{at_home}"
    back = f"product_variant_back_in_stock@{at_home}"
    assert told(app, desk) == [gone, updated]
    desk.put(variant, home, 3)
    assert told(app, desk) == [back, updated]
    desk.put(variant, other, 4)
    assert told(app, desk) == [
        f"product_variant_back_in_stock@{at_other}",
        f"product_variant_stock_updated@{at_other}",
    ]
    desk.push(variant, home, 6)
    assert told(app, desk) == [updated]
    desk.push(variant, home, 6)
    assert told(app, desk) == [], "a bulk write tells only of changes"
    desk.do("productVariantStocksDelete", variantId=variant, warehouseIds=[other])
    assert told(app, desk) == [f"product_variant_out_of_stock@{at_other}"]
    desk.push(variant, home, 8)
    told(app, desk)
    placed = ["order_confirmed", "order_created", "order_fully_paid", "order_paid", "order_updated"]
    cart = ["checkout_created", "checkout_updated", "checkout_updated"]
    first = desk.buy(channel, (variant, 2))
    assert told(app, desk) == cart + placed
    second = desk.buy(channel, (variant, 6))
    assert told(app, desk) == cart + placed + [gone]
    desk.fulfil(first, home)
    shipped = ["fulfillment_approved", "fulfillment_created", "order_fulfilled", "order_updated", back, gone]
    assert told(app, desk) == shipped, "both, though nothing became available"
    assert desk.stock(variant, home) == (6, 6)
    desk.cancel(second)
    assert told(app, desk) == ["order_cancelled", "order_updated", back]
    desk.cancel_fulfilment(desk.order(first)["fulfillments"][0]["id"], home)
    assert told(app, desk) == ["fulfillment_canceled", "order_updated"], "no stock event"
    assert desk.stock(variant, home) == (8, 2)


def test_a_shipment_that_waits_tells_only_that_the_order_changed(desk: Desk, app: Listener) -> None:
    home = desk.warehouse()
    channel = desk.channel(home)
    variant = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 5}])
    order = desk.buy(channel, (variant, 2))
    desk.settings(fulfillmentAutoApprove=False)
    told(app, desk)
    waiting = desk.fulfil(order, home, 1)
    assert told(app, desk) == ["order_updated"]
    desk.approve(waiting)
    assert told(app, desk) == ["fulfillment_approved", "fulfillment_created", "order_updated"]


def test_events_of_several_lines_all_name_the_last_stock(desk: Desk, app: Listener) -> None:
    home = desk.warehouse()
    channel = desk.channel(home)
    one = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 1}])
    two = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 1}])
    told(app, desk)
    desk.buy(channel, (one, 1), (two, 1))
    assert desk.server.settled()
    gone = [heard.told["productVariant"]["id"] for heard in app.webhooks if heard.event.endswith("out_of_stock")]
    assert gone == [two, two]


def test_channel_events_come_only_without_legacy_zones(desk: Desk, app: Listener) -> None:
    home, other = desk.warehouse(), desk.warehouse()
    channel = desk.channel(home, other)
    variant = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 2}])
    desk.settings(useLegacyShippingZoneStockAvailability=False)
    told(app, desk)
    desk.put(variant, home, 0)
    assert "product_variant_out_of_stock_in_channel" in told(app, desk)
    desk.put(variant, other, 1)
    assert "product_variant_back_in_stock_in_channel" in told(app, desk)
    desk.put(variant, home, 1)
    assert "product_variant_back_in_stock_in_channel" not in told(app, desk), "the other one had some"


def test_reordering_warehouses_and_writing_on_order_lines_tell_nobody(desk: Desk, app: Listener) -> None:
    home, other = desk.warehouse(), desk.warehouse()
    channel = desk.channel(home, other)
    variant = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 2}])
    order = desk.order(desk.buy(channel, (variant, 1)))
    told(app, desk)
    desk.move(channel, other, -1)
    desk.write(order["lines"][0]["id"], a="1")
    assert told(app, desk) == []
    desk.write(order["id"], a="1")
    assert told(app, desk) == ["order_metadata_updated"]
    desk.write(order["id"], a="1")
    assert told(app, desk) == [], "the same value again"
    desk.write(variant, a="1")
    assert told(app, desk) == ["product_variant_metadata_updated", "product_variant_updated"]
    desk.settings(useLegacyUpdateWebhookEmission=False)
    desk.write(variant, a="2")
    assert told(app, desk) == ["product_variant_metadata_updated"]


def test_a_webhook_looks_as_saleors(desk: Desk, app: Listener) -> None:
    home = desk.warehouse()
    channel = desk.channel(home)
    variant = desk.variant(channel)
    told(app, desk)
    desk.put(variant, home, 3)
    assert desk.server.settled()
    heard = next(heard for heard in app.webhooks if heard.event == "product_variant_stock_updated")
    host = desk.server.origin.removeprefix("http://")
    signature = heard.header("Saleor-Signature")
    assert [(name, value) for name, value in heard.headers if name != "Host"] == [
        ("User-Agent", "Saleor/3.23"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
        ("Content-Type", "application/json"),
        ("X-Saleor-Event", "product_variant_stock_updated"),
        ("X-Saleor-Domain", host),
        ("X-Saleor-Signature", signature),
        ("Saleor-Event", "product_variant_stock_updated"),
        ("Saleor-Domain", host),
        ("Saleor-Signature", signature),
        ("Saleor-Api-Url", desk.server.url),
        ("Content-Length", str(len(heard.body))),
    ]
    assert heard.body.startswith(b'{"__typename": "ProductVariantStockUpdated", "issuedAt": "')
    assert heard.told["version"] == "3.23.28"
    assert heard.told["issuingPrincipal"] == {"__typename": "User", "id": "VXNlcjox", "email": "admin@example.com"}
    assert heard.told["recipient"] == {"id": "QXBwOjE="}
    [key] = httpx.get(f"{desk.server.origin}/.well-known/jwks.json").json()["keys"]
    read = jwt.api_jws.decode_complete(signature, key=jwt.PyJWK(key), algorithms=["RS256"], detached_payload=heard.body)
    assert read["header"] == {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": key["kid"], "typ": "JWT"}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.api_jws.decode_complete(
            signature, key=jwt.PyJWK(key), algorithms=["RS256"], detached_payload=heard.body + b" "
        )


def test_what_a_guest_does_was_caused_by_nobody(desk: Desk, app: Listener) -> None:
    home = desk.warehouse()
    channel = desk.channel(home)
    variant = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 3}])
    told(app, desk)
    desk.buy(channel, (variant, 1))
    assert desk.server.settled()
    created = next(heard.told for heard in app.webhooks if heard.event == "order_created")
    assert created["issuingPrincipal"] is None
    assert created["order"] == {"number": "1"}


def test_a_failed_delivery_is_tried_five_times_more_with_the_same_body_and_then_listed(
    desk: Desk, app: Listener
) -> None:
    told(app, desk)
    app.answer = always(503)
    desk.warehouse()
    told_six_times = wait_settled(desk, app)
    assert len(told_six_times) == 6
    assert len({heard.body for heard in told_six_times}) == 1
    [row] = failures(desk)
    assert row["eventType"] == "WAREHOUSE_CREATED"
    assert [edge["node"]["responseStatusCode"] for edge in row["attempts"]["edges"]] == [503] * 6


def test_refusals_and_redirects_are_never_tried_again(desk: Desk, app: Listener) -> None:
    told(app, desk)
    for status in (302, 400, 401, 404):
        app.answer = always(status)
        desk.warehouse()
        assert len(wait_settled(desk, app)) == 1
    assert len(failures(desk)) == 4


def always(status: int) -> Callable[[Heard], tuple[int, dict[str, Any]]]:
    return lambda _heard: (status, {})


def test_a_retry_that_arrives_leaves_nothing_behind(desk: Desk, app: Listener) -> None:
    told(app, desk)
    answers = Counter[str]()

    def second_time(heard: Heard) -> tuple[int, dict[str, str]]:
        answers[heard.event] += 1
        return (500 if answers[heard.event] == 1 else 200), {}

    app.answer = second_time
    desk.warehouse()
    assert len(wait_settled(desk, app)) == 2
    assert failures(desk) == []


def wait_settled(desk: Desk, listener: Listener) -> list[Heard]:
    assert desk.server.settled()
    found = listener.webhooks
    listener.heard.clear()
    return found


def failures(desk: Desk) -> list[dict[str, Any]]:
    query = """{ apps(first: 1) { edges { node { webhooks { eventDeliveries(first: 10, filter: {status: FAILED}) {
        edges { node { eventType attempts(first: 10) { edges { node { responseStatusCode } } } } } } } } } } }"""
    [app] = desk.ask(query)["edges"]
    return [edge["node"] for hook in app["node"]["webhooks"] for edge in hook["eventDeliveries"]["edges"]]


@pytest.mark.parametrize(
    ("switch", "expected"),
    [({"drop": True}, 0), ({"duplicate": True}, 2), ({"shuffle": True}, 1), ({"delay_seconds": 0.1}, 1)],
)
def test_the_control_door_loses_doubles_mixes_and_delays_webhooks(
    desk: Desk, app: Listener, switch: dict[str, object], expected: int
) -> None:
    told(app, desk)
    answer = desk.http.post("/sandbox/control", json={"webhooks": switch})
    assert (
        answer.json()["webhooks"] == {"drop": False, "duplicate": False, "shuffle": False, "delay_seconds": 0} | switch
    )
    desk.warehouse()
    assert told(app, desk) == ["warehouse_created"] * expected


@pytest.mark.parametrize(
    "asked",
    [
        {"unknown": 1},
        {"webhooks": {"lose": True}},
        {"latency_ms": -1},
        {"mended_allocation": "yes"},
        [],
        {"webhooks": 1},
    ],
)
def test_the_control_door_refuses_what_it_does_not_know(desk: Desk, asked: object) -> None:
    before = desk.http.get("/sandbox/control").json()
    answer = desk.http.post("/sandbox/control", json=asked)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert desk.http.get("/sandbox/control").json() == before


def test_a_switched_off_app_hears_only_that_and_nothing_is_sent_later(desk: Desk, app: Listener) -> None:
    told(app, desk)
    desk.do("appDeactivate", id=APP)
    assert told(app, desk) == ["app_status_changed"]
    desk.warehouse()
    assert told(app, desk) == []
    desk.do("appActivate", id=APP)
    assert told(app, desk) == ["app_status_changed"]


def test_a_deleted_app_is_told_so_and_its_token_is_dead(desk: Desk, app: Listener) -> None:
    token = app.wait_for("/register").told["auth_token"]
    assert desk.ask("{ app { id } }", token)
    desk.do("appDelete", id=APP)
    assert told(app, desk) == ["app_deleted"]
    assert desk.error("{ app { id } }", token)[1] == "PermissionDenied"


def test_a_webhook_made_by_its_app_hears_only_the_channels_it_names(desk: Desk, app: Listener) -> None:
    home = desk.warehouse()
    here, there = desk.channel(home), desk.channel(home)
    token = app.wait_for("/register").told["auth_token"]
    query = f'subscription {{ orderCreated(channels: ["{here["slug"]}"]) {{ order {{ number }} }} }}'
    asked = {"name": "mine", "targetUrl": f"{app.origin}/mine", "query": query, "isActive": True}
    made = desk.do("webhookCreate", "webhook { asyncEvents { eventType } }", token, input=asked)
    assert made["webhook"]["asyncEvents"] == [{"eventType": "ORDER_CREATED"}]
    for channel in (here, there):
        variant = desk.variant(channel, stocks=[{"warehouse": home, "quantity": 3}])
        desk.buy(channel, (variant, 1))
    assert desk.server.settled()
    assert [heard.told for heard in app.heard if heard.path == "/mine"] == [
        {"data": {"orderCreated": {"order": {"number": "1"}}}}
    ]


def test_a_change_of_what_a_product_belongs_to_is_told_of_the_product(desk: Desk, app: Listener) -> None:
    variant = desk.variant(desk.channel(desk.warehouse()))
    product = desk.ask("query($id: ID!) { productVariant(id: $id) { product { id } } }", id=variant)["product"]["id"]
    home = desk.do("categoryCreate", "category { id }", input={"name": "Home"})["category"]["id"]
    told(app, desk)
    desk.do("productUpdate", id=product, input={"category": home})
    assert told(app, desk) == ["product_updated"]
    desk.do("categoryDelete", id=home)
    assert told(app, desk) == ["product_updated"]
    made = {"name": "Sale", "products": [product]}
    sale = desk.do("collectionCreate", "collection { id }", input=made)["collection"]["id"]
    assert "product_updated" in told(app, desk)
    desk.do("collectionRemoveProducts", collectionId=sale, products=[product])
    assert told(app, desk) == ["product_updated"]
    desk.do("collectionAddProducts", collectionId=sale, products=[product])
    assert told(app, desk) == ["product_updated"]
    desk.do("collectionDelete", id=sale)
    assert told(app, desk) == ["product_updated"]
