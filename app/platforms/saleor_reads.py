"""What the loop reads from Saleor: its JSON into our words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.platforms.errors import ShopError
from app.platforms.saleor_events import Events
from app.platforms.saleor_link import Link, nodes, permissions
from app.platforms.seen import (
    ChannelSeen,
    FulfilmentSeen,
    LineSeen,
    OrderSeen,
    ShopLayout,
    StockSeen,
    VariantSeen,
    WarehouseSeen,
    ZoneSeen,
)

OURS = "dueback."
MOST_IDS = 100

# Orders that can have open units. Saleor turns an order RETURNED or FULFILLED only once no unit is left to ship.
OPEN = ["UNCONFIRMED", "UNFULFILLED", "PARTIALLY_FULFILLED", "PARTIALLY_RETURNED"]

Json = Mapping[str, Any]


class Reads(Link):
    """See `Platform` for what each method promises."""

    def layout(self) -> ShopLayout:
        seen = self.ask("layout")
        granted = permissions(seen["app"])
        return ShopLayout(
            name=seen["shop"]["name"],
            version=seen["shop"]["version"],
            channels=tuple(_channel(node) for node in seen["channels"]),
            warehouses=tuple(_warehouse(node) for page in self.pages("warehouses") for node in page),
            zones=tuple(_zone(node) for page in self.pages("shipping_zones") for node in page),
            legacy_zones=seen["shop"]["useLegacyShippingZoneStockAvailability"],
            reservations=self._reservations() if "MANAGE_SETTINGS" in granted else None,
            permissions=granted,
        )

    def variants(self, ids: Sequence[str]) -> list[VariantSeen]:
        known: dict[str, Json] = {}
        seen = self._some("variants", ids)
        return [_variant(node, self._lineage(node["product"]["category"], known)) for node in seen]

    def variant_ids(self) -> Iterator[list[str]]:
        return (_ids(page) for page in self.pages("variant_ids"))

    def products_variants(self, ids: Sequence[str]) -> list[str]:
        products = self._some("product_variant_ids", ids)
        return [variant["id"] for product in products for variant in product["variants"] or ()]

    def ids_by_slug(self, kind: str, slugs: Sequence[str]) -> dict[str, str]:
        return {node["slug"]: node["id"] for node in self._some(f"{kind}_slugs", slugs)}

    def search(self, kind: str, text: str) -> list[tuple[str, str]]:
        return [(node["slug"], node["name"]) for node in nodes(self.ask(f"{kind}_search", text=text)["page"])]

    def orders(self, ids: Sequence[str]) -> list[OrderSeen]:
        found = self._orders(ids)
        events = self._events([order["id"] for order in found if _needs_events(order)])
        return [_order(order, events.get(order["id"], Events(()))) for order in found]

    def order_ids(self, since: datetime | None) -> Iterator[list[str]]:
        where = {"updatedAt": {"gte": since.isoformat()}} if since else {"status": {"oneOf": OPEN}}
        return (_ids(page) for page in self.pages("order_ids", where=where))

    def notes(self, order: str) -> list[str]:
        return self._events([order]).get(order, Events(())).notes()

    def own_preorders(self) -> list[str]:
        try:
            return [node["sku"] or node["id"] for node in nodes(self.ask("own_preorders")["page"])]
        except ShopError as error:
            if "isPreorder" not in str(error):
                raise
        return []

    def _orders(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        try:
            return self._some("orders", ids, origin=True)
        except ShopError as error:
            if "OrderOriginEnum" not in str(error):
                raise
        return [order | {"origin": ""} for order in self._some("orders", ids, origin=False)]

    def _events(self, orders: Sequence[str]) -> dict[str, Events]:
        return {order["id"]: Events(order["events"]) for order in self._some("order_events", orders)}

    def _some(self, query: str, ids: Sequence[str], **variables: Any) -> list[dict[str, Any]]:
        """The nodes of a query for a few ids, or slugs. Saleor would silently leave out what is beyond a page."""
        if len(ids) > MOST_IDS:
            raise ValueError(f"{len(ids)} ids asked for at once; the most is {MOST_IDS}.")
        return nodes(self.ask(query, ids=list(ids), **variables)["page"]) if ids else []

    def _lineage(self, category: Json | None, known: dict[str, Json]) -> tuple[str, ...]:
        """The ids of a category and all above it, the nearest first. `known` are those asked for on their own."""
        if category is None:
            return ()
        own = category["id"]
        if "parent" not in category and category["level"]:
            # Here the query ended, and not the tree.
            if own not in known:
                known[own] = self.ask("category", id=own)["category"] or {"id": own, "parent": None}
            category = known[own]
        return (own, *self._lineage(category.get("parent"), known))

    def _reservations(self) -> bool:
        """Both kinds of buyers must have them: half a door is open."""
        shop = self.ask("reservations")["shop"]
        return bool(shop["reserveStockDurationAnonymousUser"] and shop["reserveStockDurationAuthenticatedUser"])


def _ids(page: Iterable[Json]) -> list[str]:
    return [node["id"] for node in page]


def _our_metadata(node: Json) -> dict[str, str]:
    return {item["key"]: item["value"] for item in node["metadata"] if item["key"].startswith(OURS)}


def _channel(node: Json) -> ChannelSeen:
    return ChannelSeen(
        id=node["id"],
        slug=node["slug"],
        name=node["name"],
        active=node["isActive"],
        strategy=node["stockSettings"]["allocationStrategy"],
        warehouses=tuple(_ids(node["warehouses"])),
    )


def _warehouse(node: Json) -> WarehouseSeen:
    pool_of = None if node["pool"] is None else tuple(node["pool"].split())
    return WarehouseSeen(id=node["id"], slug=node["slug"], name=node["name"], pool_of=pool_of)


def _zone(node: Json) -> ZoneSeen:
    return ZoneSeen(node["id"], node["name"], tuple(_ids(node["channels"])), tuple(_ids(node["warehouses"])))


def _variant(node: Json, category_ids: tuple[str, ...]) -> VariantSeen:
    product = node["product"]
    return VariantSeen(
        id=node["id"],
        sku=node["sku"] or "",
        name=_named(node["name"], node["id"]),
        product_id=product["id"],
        product_name=product["name"],
        product_type_id=product["productType"]["id"],
        category_ids=category_ids,
        collection_ids=tuple(_ids(product["collections"] or ())),
        listed_in=tuple(listing["channel"]["id"] for listing in node["channelListings"] or ()),
        tracked=node["trackInventory"],
        stocks=tuple(
            StockSeen(stock["warehouse"]["id"], stock["quantity"], stock["quantityAllocated"])
            for stock in node["stocks"] or ()
        ),
        metadata=_our_metadata(node),
    )


def _named(name: str, variant_id: str | None) -> str:
    """What Saleor calls a variant by for want of a name and a SKU is its id, which tells people nothing."""
    return "" if name == variant_id else name


def _needs_events(order: Json) -> bool:
    """Checkout orders were accepted when they were created; only cancelled shipments have a place they went back to."""
    return order["origin"] not in {"CHECKOUT", "BULK_CREATE"} or any(
        shipment["status"] == "CANCELED" for shipment in order["fulfillments"]
    )


def _order(node: Json, events: Events) -> OrderSeen:
    created = datetime.fromisoformat(node["created"])
    placed: datetime | None
    match node["origin"]:
        case "CHECKOUT":
            placed = created
        case "BULK_CREATE":
            placed = None
        case _:  # drafts, replacements, which begin as drafts, and orders of unknown origin
            placed = events.placed() or created
    return OrderSeen(
        id=node["id"],
        number=node["number"],
        channel=node["channel"]["id"],
        status=node["status"],
        origin=node["origin"],
        created=created,
        placed=placed,
        metadata=_our_metadata(node),
        paid=node["isPaid"],
        customer=node["userEmail"] or "",
        others={item["key"]: item["value"] for item in node["metadata"] if not item["key"].startswith(OURS)},
        lines=tuple(_line(line) for line in node["lines"]),
        fulfilments=tuple(_fulfilment(shipment, node["number"], events) for shipment in node["fulfillments"]),
    )


def _line(node: Json) -> LineSeen:
    variant = node["variant"] or {"id": None, "sku": None}
    price = node["unitPrice"]["gross"]
    return LineSeen(
        id=node["id"],
        variant=variant["id"],
        # An imported line may come without the SKU it was sold under.
        sku=node["productSku"] or variant["sku"] or "",
        quantity=node["quantity"],
        fulfilled=node["quantityFulfilled"],
        allocations={held["warehouse"]["id"]: held["quantity"] for held in node["allocations"] or ()},
        metadata=_our_metadata(node),
        product_name=node["productName"],
        variant_name=_named(node["variantName"], variant["id"]),
        unit_price=Decimal(str(price["amount"])),
        currency=price["currency"],
    )


def _fulfilment(node: Json, order_number: str, events: Events) -> FulfilmentSeen:
    lines = tuple(
        (line["id"], line["orderLine"]["id"], line["quantity"]) for line in node["lines"] if line["orderLine"]
    )
    units = sum(line["quantity"] for line in node["lines"])
    return FulfilmentSeen(
        id=node["id"],
        status=node["status"],
        warehouse=node["warehouse"]["id"] if node["warehouse"] else None,
        created=datetime.fromisoformat(node["created"]),
        cancelled_into=events.cancelled_into(f"{order_number}-{node['fulfillmentOrder']}", units)
        if node["status"] == "CANCELED"
        else None,
        lines=lines,
    )
