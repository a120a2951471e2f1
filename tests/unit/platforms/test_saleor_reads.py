"""Saleor's JSON into our words: variants, lists, the shop's layout, and who we are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.platforms import ShopError, StockSeen
from app.platforms.saleor import Saleor, identify
from tests.unit.platforms import samples
from tests.unit.platforms.samples import ids, line, metadata, order, variant
from tests.unit.platforms.wire import URL, Arguments, Broken, Wire, connection, in_turn, pages

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_variant_is_read_whole(saleor: Saleor, wire: Wire) -> None:
    product = {
        "id": "Shirt",
        "name": "Team shirt",
        "productType": {"id": "Clothes"},
        "category": {"id": "Tops", "level": 1, "parent": {"id": "Clothing", "level": 0, "parent": None}},
        "collections": ids("Summer", "Sale"),
    }
    stocks = [{"quantity": 3, "quantityAllocated": 5, "warehouse": {"id": "Berlin"}}]
    listings = [{"channel": {"id": "Web"}}]
    wire.handlers["productVariants"] = pages(variant(product=product, stocks=stocks, channelListings=listings))
    (seen,) = saleor.variants(["V1"])
    assert (seen.product_id, seen.product_name, seen.product_type_id) == ("Shirt", "Team shirt", "Clothes")
    assert (seen.category_ids, seen.collection_ids, seen.listed_in) == (
        ("Tops", "Clothing"),
        ("Summer", "Sale"),
        ("Web",),
    )
    assert seen.stocks == (StockSeen("Berlin", quantity=3, allocated=5),)


def test_a_bare_variant_is_read_too(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["productVariants"] = pages(variant(sku=None))
    (seen,) = saleor.variants(["V1"])
    assert (seen.sku, seen.category_ids, seen.collection_ids, seen.listed_in, seen.stocks) == ("", (), (), (), ())


def test_variants_in_a_preorder_of_the_shops_own_are_told_by_sku_or_id(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["productVariants"] = pages({"id": "V1", "sku": "MUG"}, {"id": "V2", "sku": None})
    assert saleor.own_preorders() == ["MUG", "V2"]
    assert wire.asked("productVariants")[0]["filter"] == {"isPreorder": True}


def test_a_shop_that_knows_no_preorders_any_more_has_none(saleor: Saleor, wire: Wire) -> None:
    """What Saleor says from 3.24 on, where the filter is gone."""
    gone = Broken('Field "isPreorder" is not defined by type "ProductVariantFilterInput".', "GraphQLError")
    wire.handlers |= {
        "productVariants": in_turn(gone),
        "app": lambda _: samples.app(),
        "shop": lambda _: samples.shop(),
    }
    assert saleor.own_preorders() == []


def category(level: int, stop_at: int) -> dict[str, Any]:
    """The category at this level of a tree, with those above it down to a level; whose parent is not told."""
    told: dict[str, Any] = {"id": f"Level {level}", "level": level}
    if level > stop_at:
        told["parent"] = category(level - 1, stop_at)
    return told


def test_a_variant_that_the_shop_named_by_its_id_has_no_name(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["productVariants"] = pages(variant(id="V1", sku=None, name="V1"))
    wire.handlers["orders"] = pages(order(lines=[line(variant={"id": "V1", "sku": None}, variantName="V1")]))
    assert [seen.name for seen in saleor.variants(["V1"])] == [""]
    assert [seen.lines[0].variant_name for seen in saleor.orders(["O1"])] == [""]


def test_of_a_tree_deeper_than_the_query_the_rest_is_asked_for_once(saleor: Saleor, wire: Wire) -> None:
    def above(arguments: Arguments) -> dict[str, Any]:
        level = int(arguments["id"].removeprefix("Level "))
        return category(level, max(0, level - 6))

    product = {"id": "Shirt", "name": "Shirt", "productType": {"id": "Clothes"}, "collections": []}
    products = [product | {"category": category(14, 9)}, product | {"category": category(13, 9)}]
    wire.handlers["productVariants"] = pages(*(variant(product=product) for product in products))
    wire.handlers["category"] = above
    deep, less_deep = saleor.variants(["V1", "V2"])
    assert deep.category_ids == tuple(f"Level {level}" for level in range(14, -1, -1))
    assert less_deep.category_ids == deep.category_ids[1:]
    assert [asked["id"] for asked in wire.asked("category")] == ["Level 9", "Level 3"]


def test_what_the_shop_does_not_have_is_not_among_the_ids_by_slug(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["categories"] = pages({"id": "Tops", "slug": "tops"})
    assert saleor.ids_by_slug("category", ["tops", "gone"]) == {"tops": "Tops"}
    assert wire.asked("categories")[0]["filter"] == {"slugs": ["tops", "gone"]}


def test_only_our_own_metadata_is_read(saleor: Saleor, wire: Wire) -> None:
    theirs_and_ours = metadata(colour="red", dueback__web__status="backorder", duebacks="no")
    wire.handlers["productVariants"] = pages(variant(metadata=theirs_and_ours))
    (seen,) = saleor.variants(["V1"])
    assert seen.metadata == {"dueback.web.status": "backorder"}


def test_nothing_asked_is_nothing_sent(saleor: Saleor, wire: Wire) -> None:
    assert (saleor.variants([]), saleor.orders([]), saleor.products_variants([])) == ([], [], [])
    assert wire.requests == []


def test_more_than_a_page_of_ids_is_refused_before_the_shop_cuts_it_off(saleor: Saleor, wire: Wire) -> None:
    with pytest.raises(ValueError, match="101 ids"):
        saleor.variants([str(n) for n in range(101)])
    assert wire.requests == []


def test_every_page_of_variants_is_visited(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["productVariants"] = in_turn(connection(*ids("A", "B"), cursor="b"), connection(*ids("C")))
    assert list(saleor.variant_ids()) == [["A", "B"], ["C"]]
    assert [asked["after"] for asked in wire.asked("productVariants")] == [None, "b"]


def test_pages_that_lead_in_circles_end(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["productVariants"] = lambda _: connection(*ids("A"), cursor="a")
    with pytest.raises(ShopError, match="circles"):
        list(saleor.variant_ids())


def test_the_variants_of_products_are_read(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["products"] = pages({"variants": ids("A", "B")}, {"variants": None}, {"variants": ids("C")})
    assert saleor.products_variants(["P1", "P2", "P3"]) == ["A", "B", "C"]


def test_orders_are_listed_that_may_still_have_open_units(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages(*ids("O1", "O2"))
    assert list(saleor.order_ids(None)) == [["O1", "O2"]]
    (asked,) = wire.asked("orders")
    assert set(asked["where"]["status"]["oneOf"]) == {
        "UNCONFIRMED",
        "UNFULFILLED",
        "PARTIALLY_FULFILLED",
        "PARTIALLY_RETURNED",
    }


def test_orders_are_listed_that_changed_since(saleor: Saleor, wire: Wire) -> None:
    wire.handlers["orders"] = pages()
    list(saleor.order_ids(NINE))
    assert wire.asked("orders")[0]["where"] == {"updatedAt": {"gte": "2026-11-23T09:00:00+00:00"}}


def layout_of(wire: Wire, *granted: str, **reservations: int | None) -> None:
    pool = {"id": "Pool", "slug": "p", "name": "P", "pool": "Web App"}
    berlin = {"id": "Berlin", "slug": "b", "name": "B", "pool": None}
    zone = {"id": "EU", "name": "Europe", "channels": ids("Web"), "warehouses": ids("Berlin")}
    wire.handlers |= {
        "app": lambda _: samples.app(*granted),
        "shop": lambda _: samples.shop(**reservations),
        "channels": lambda _: [samples.channel(warehouses=ids("Pool", "Berlin"))],
        "warehouses": in_turn(connection(pool, cursor="next"), connection(berlin)),
        "shippingZones": pages(zone),
    }


def test_the_layout_is_read_over_all_pages(saleor: Saleor, wire: Wire) -> None:
    layout_of(wire, "MANAGE_PRODUCTS")
    seen = saleor.layout()
    assert [(place.id, place.pool_of, place.ours) for place in seen.warehouses] == [
        ("Pool", ("Web", "App"), True),
        ("Berlin", None, False),
    ]
    assert [(channel.slug, channel.warehouses) for channel in seen.channels] == [("web", ("Pool", "Berlin"))]
    assert [(zone.name, zone.channels, zone.warehouses) for zone in seen.zones] == [("Europe", ("Web",), ("Berlin",))]
    assert (seen.legacy_zones, seen.permissions) == (False, frozenset({"MANAGE_PRODUCTS"}))


def test_reservations_are_unknown_without_the_permission_to_see_them(saleor: Saleor, wire: Wire) -> None:
    layout_of(wire, "MANAGE_PRODUCTS")
    assert saleor.layout().reservations is None


@pytest.mark.parametrize(("anonymous", "signed_in", "on"), [(10, 10, True), (10, None, False), (None, None, False)])
def test_reservations_must_hold_for_every_buyer(
    saleor: Saleor, wire: Wire, anonymous: int | None, signed_in: int | None, *, on: bool
) -> None:
    minutes = {"reserveStockDurationAnonymousUser": anonymous, "reserveStockDurationAuthenticatedUser": signed_in}
    layout_of(wire, "MANAGE_SETTINGS", **minutes)
    assert saleor.layout().reservations is on


def nobody(_arguments: Arguments) -> Any:
    raise Broken("To access this path, you need one of the following permissions", "PermissionDenied")


def test_the_shop_says_whose_token_it_is(wire: Wire) -> None:
    wire.handlers |= {"app": lambda _: samples.app("MANAGE_ORDERS"), "shop": lambda _: samples.shop()}
    who = identify(URL, "token-of-the-app")
    assert (who.app_id, who.shop_name, who.version, who.permissions) == (
        "App",
        "Shop",
        "3.23.28",
        frozenset({"MANAGE_ORDERS"}),
    )
    assert wire.tokens == ["Bearer token-of-the-app"]


def test_a_token_that_belongs_to_nobody_is_dead(wire: Wire) -> None:
    wire.handlers |= {"app": lambda _: None, "shop": lambda _: samples.shop()}
    with pytest.raises(ShopError) as caught:
        identify(URL, "stolen")
    assert (caught.value.code, caught.value.retry) == ("TOKEN_DEAD", False)


@pytest.mark.parametrize("refusal", ["PermissionDenied", "GraphQLError"])
def test_a_dead_token_is_told_from_a_missing_permission(saleor: Saleor, wire: Wire, refusal: str) -> None:
    """A real Saleor refuses variants of a dead token with: More than one channel exists."""
    wire.handlers |= {
        "productVariants": in_turn(Broken("no", refusal)),
        "app": lambda _: None,
        "shop": lambda _: samples.shop(),
    }
    with pytest.raises(ShopError) as caught:
        saleor.variants(["V1"])
    assert caught.value.code == "TOKEN_DEAD"


def test_a_missing_permission_is_told_from_a_dead_token(saleor: Saleor, wire: Wire) -> None:
    wire.handlers |= {"orders": nobody, "app": lambda _: samples.app(), "shop": lambda _: samples.shop()}
    with pytest.raises(ShopError) as caught:
        saleor.orders(["O1"])
    assert (caught.value.code, caught.value.retry) == ("PERMISSION_DENIED", False)


def test_registration_is_not_kept_waiting_by_retries(http: Any, pauses: list[float]) -> None:
    http.post(URL, status=503)
    with pytest.raises(ShopError):
        identify(URL, "token")
    assert (len(http.calls), pauses) == (1, [])
