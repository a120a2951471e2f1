"""What set-up asks of Saleor."""

from datetime import UTC, datetime

import pytest

from app.platforms import ShopError, WebhookSeen
from app.platforms.saleor import Saleor
from tests.unit.platforms import samples
from tests.unit.platforms.wire import Wire, connection, done, refused

ADDRESS = {"streetAddress1": "Weg 1", "city": "Berlin", "postalCode": "10115"}
URL, QUERY = "https://app.example/hook", "subscription { event { __typename } }"


def test_a_new_warehouse_takes_the_address_of_another_and_is_named_ours(saleor: Saleor, wire: Wire) -> None:
    model = {"email": "a@example.com", "address": ADDRESS | {"country": {"code": "DE"}}}
    wire.handlers |= {
        "warehouse": lambda _: model,
        "createWarehouse": done(warehouse={"id": "New"}),
        "updatePrivateMetadata": done(),
    }
    assert saleor.create_warehouse("Backorders", "backorders-web", "Berlin", ["Web", "App"]) == "New"
    address = ADDRESS | {"country": "DE"}
    wanted = {"name": "Backorders", "slug": "backorders-web", "email": "a@example.com", "address": address}
    assert wire.asked("warehouse") == [{"id": "Berlin"}]
    assert wire.asked("createWarehouse") == [{"input": wanted}]
    assert wire.asked("updatePrivateMetadata") == [
        {"id": "New", "input": [{"key": "dueback.pool", "value": "Web App"}]}
    ]


def test_an_address_the_shop_refuses_is_told_with_its_field(saleor: Saleor, wire: Wire) -> None:
    model = {"email": "", "address": ADDRESS | {"country": {"code": "US"}}}
    wire.handlers |= {
        "warehouse": lambda _: model,
        "createWarehouse": lambda _: refused("REQUIRED", "This field is required.", "countryArea"),
        "app": lambda _: samples.app(),
        "shop": lambda _: samples.shop(),
    }
    with pytest.raises(ShopError, match="countryArea: This field is required") as caught:
        saleor.create_warehouse("Backorders", "backorders-web", "Berlin", ["Web"])
    assert caught.value.code == "REQUIRED"


def test_a_warehouse_is_put_in_its_places(saleor: Saleor, wire: Wire) -> None:
    wire.handlers |= {
        "channelUpdate": done(),
        "shippingZoneUpdate": done(),
        "channelReorderWarehouses": done(),
        "updateWarehouse": done(),
    }
    saleor.join_channel("Web", "Pool")
    saleor.join_zone("EU", "Pool")
    saleor.bring_to_front("Web", "Pool")
    saleor.allocate_in_order("Web")
    saleor.rename_warehouse("Pool", "Backorders")
    assert wire.asked("channelUpdate") == [
        {"id": "Web", "input": {"addWarehouses": ["Pool"]}},
        {"id": "Web", "input": {"stockSettings": {"allocationStrategy": "PRIORITIZE_SORTING_ORDER"}}},
    ]
    assert wire.asked("shippingZoneUpdate") == [{"id": "EU", "input": {"addWarehouses": ["Pool"]}}]
    (moved,) = wire.asked("channelReorderWarehouses")
    assert moved["channelId"] == "Web"
    assert moved["moves"][0]["id"] == "Pool"
    assert moved["moves"][0]["sortOrder"] <= -1000
    assert wire.asked("updateWarehouse") == [{"id": "Pool", "input": {"name": "Backorders"}}]


def test_our_webhooks_are_read_with_what_they_failed_to_deliver(saleor: Saleor, wire: Wire) -> None:
    failed = {"createdAt": "2026-11-23T09:00:00+00:00", "eventType": "ORDER_CREATED"}
    webhook = {
        "id": "W1",
        "name": "Orders",
        "isActive": False,
        "targetUrl": URL,
        "subscriptionQuery": QUERY,
        "asyncEvents": [{"eventType": "ORDER_CREATED"}],
        "failures": connection(failed),
    }
    bare = webhook | {"id": "W2", "name": None, "subscriptionQuery": None, "asyncEvents": [], "failures": None}
    wire.handlers["app"] = lambda _: {"webhooks": [webhook, bare]}
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert saleor.webhooks() == [
        WebhookSeen("W1", "Orders", URL, QUERY, frozenset({"ORDER_CREATED"}), False, ((nine, "ORDER_CREATED"),)),
        WebhookSeen("W2", "", URL, "", frozenset(), False, ()),
    ]


def test_webhooks_are_made_changed_and_deleted(saleor: Saleor, wire: Wire) -> None:
    wire.handlers |= {
        "webhookCreate": done(webhook={"id": "W1"}),
        "webhookUpdate": done(),
        "webhookDelete": done(),
    }
    assert saleor.create_webhook("Orders", URL, QUERY, ["ORDER_CREATED"]) == "W1"
    saleor.update_webhook("W1", "Orders", URL, QUERY, ["ORDER_UPDATED"])
    saleor.delete_webhook("W1")
    wanted = {"name": "Orders", "targetUrl": URL, "query": QUERY, "asyncEvents": ["ORDER_CREATED"], "isActive": True}
    assert wire.asked("webhookCreate") == [{"input": wanted}]
    assert wire.asked("webhookUpdate") == [{"id": "W1", "input": wanted | {"asyncEvents": ["ORDER_UPDATED"]}}]
    assert wire.asked("webhookDelete") == [{"id": "W1"}]
