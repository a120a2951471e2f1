"""A desk in front of a sandbox shop: sells, ships and counts through its API, in few words."""

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from sandbox import Server
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from sandbox.server import schema

ADDRESS = {
    "country": "US",
    "city": "Reno",
    "streetAddress1": "1 Test Street",
    "postalCode": "89501",
    "countryArea": "NV",
}
ORDER = """query($id: ID!) { order(id: $id) {
    id number status origin created updatedAt metadata { key value }
    events { type message composedId quantity warehouse { id } }
    lines { id quantity quantityFulfilled quantityToFulfill metadata { key value }
            allocations { quantity warehouse { id } } }
    fulfillments { id status warehouse { id } lines { id quantity orderLine { id } } } } }"""
STOCKS = "query($id: ID!) { productVariant(id: $id) { stocks { quantity quantityAllocated warehouse { id } } } }"
AVAILABLE = """query($id: ID!, $channel: String, $country: CountryCode) {
    productVariant(id: $id, channel: $channel) { quantityAvailable(countryCode: $country) } }"""
ANYBODY = ""


class Answered(Exception):
    """A request that came back with errors; ``codes`` are theirs."""

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.errors = errors
        self.codes = [error.get("code") or error["extensions"]["exception"]["code"] for error in errors]


def document(mutation: str, wanted: str, arguments: Sequence[str]) -> str:
    """A document for one mutation of the schema, its variables named as its arguments are."""
    root = schema().mutation_type
    assert root is not None
    known = root.fields[mutation].args
    variables = ", ".join(f"${name}: {known[name].type}" for name in arguments)
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    heads = (f"({variables})", f"({given})") if arguments else ("", "")
    return f"mutation{heads[0]} {{ {mutation}{heads[1]} {{ {wanted} errors {{ field code message }} }} }}"


class Desk:
    """Ids are global ids. Errors of a mutation and of a request are raised as Answered."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.shop = server.shop
        self.http = httpx.Client(base_url=server.origin, timeout=30)
        self.names = itertools.count(1)
        credentials = {"email": STAFF_EMAIL, "password": STAFF_PASSWORD}
        self.staff: str = ANYBODY
        self.staff = str(self.do("tokenCreate", "token", **credentials)["token"])

    def post(self, query: Any, variables: dict[str, Any] | None = None, token: str | None = None) -> httpx.Response:
        """As staff, unless a token says otherwise; with ANYBODY without one."""
        bearer = self.staff if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.http.post("/graphql/", json={"query": query, "variables": variables or {}}, headers=headers)

    def ask(self, query: str, token: str | None = None, **variables: Any) -> Any:
        """The one field a document asks for."""
        answer = self.post(query, variables, token).json()
        if answer.get("errors"):
            raise Answered(answer["errors"])
        [value] = answer["data"].values()
        if isinstance(value, dict) and value.get("errors"):
            raise Answered(value["errors"])
        return value

    def do(self, mutation: str, wanted: str = "", token: str | None = None, **arguments: Any) -> Any:
        return self.ask(document(mutation, wanted, list(arguments)), token, **arguments)

    def error(self, query: str, token: str | None = None, **variables: Any) -> tuple[str, str]:
        """Message and code of the one error at the top of the answer."""
        [found] = self.post(query, variables, token).json()["errors"]
        return found["message"], found["extensions"]["exception"]["code"]

    def warehouse(self) -> str:
        name = f"warehouse-{next(self.names)}"
        made = self.do("createWarehouse", "warehouse { id }", input={"name": name, "slug": name, "address": ADDRESS})
        return str(made["warehouse"]["id"])

    def channel(self, *warehouses: str, strategy: str = "PRIORITIZE_SORTING_ORDER", **orders: Any) -> dict[str, str]:
        """A channel in USD with a zone for the US and a free method, selling from these warehouses in this order."""
        slug = f"channel-{next(self.names)}"
        asked = {
            "name": slug,
            "slug": slug,
            "currencyCode": "USD",
            "defaultCountry": "US",
            "isActive": True,
            "addWarehouses": list(warehouses),
            "stockSettings": {"allocationStrategy": strategy},
            "orderSettings": orders,
        }
        made = self.do("channelCreate", "channel { id }", input=asked)["channel"]["id"]
        zone = self.zone(made, *warehouses)
        method = {"name": "Post", "type": "PRICE", "shippingZone": zone}
        post = self.do("shippingPriceCreate", "shippingMethod { id }", input=method)["shippingMethod"]["id"]
        free = {"addChannels": [{"channelId": made, "price": "0"}]}
        self.do("shippingMethodChannelListingUpdate", id=post, input=free)
        return {"id": made, "slug": slug, "zone": zone}

    def zone(self, channel: str, *warehouses: str, countries: Sequence[str] = ("US",)) -> str:
        asked = {
            "name": f"zone-{next(self.names)}",
            "countries": list(countries),
            "addChannels": [channel],
            "addWarehouses": list(warehouses),
        }
        return str(self.do("shippingZoneCreate", "shippingZone { id }", input=asked)["shippingZone"]["id"])

    def join(self, channel: dict[str, str], warehouse: str) -> None:
        """Add a warehouse to a channel, then to its zone."""
        self.do("channelUpdate", id=channel["id"], input={"addWarehouses": [warehouse]})
        self.do("shippingZoneUpdate", id=channel["zone"], input={"addWarehouses": [warehouse]})

    def move(self, channel: dict[str, str], warehouse: str, by: int) -> None:
        moves = [{"id": warehouse, "sortOrder": by}]
        self.do("channelReorderWarehouses", channelId=channel["id"], moves=moves)

    def variant(self, *channels: dict[str, str], tracked: bool = True, stocks: Sequence[dict[str, Any]] = ()) -> str:
        """A variant of a product of its own, for 10 dollars in these channels."""
        name = f"thing-{next(self.names)}"
        kind = {"name": name, "slug": name, "isShippingRequired": True}
        kind_id = self.do("productTypeCreate", "productType { id }", input=kind)["productType"]["id"]
        product = {"name": name, "productType": kind_id}
        product_id = self.do("productCreate", "product { id }", input=product)["product"]["id"]
        sale = {"isPublished": True, "isAvailableForPurchase": True, "visibleInListings": True}
        listings = [{"channelId": each["id"]} | sale for each in channels]
        self.do("productChannelListingUpdate", id=product_id, input={"updateChannels": listings})
        asked = {"product": product_id, "sku": name, "name": name, "trackInventory": tracked, "attributes": []}
        asked |= {"stocks": list(stocks)}
        made = str(self.do("productVariantCreate", "productVariant { id }", input=asked)["productVariant"]["id"])
        prices = [{"channelId": each["id"], "price": "10"} for each in channels]
        self.do("productVariantChannelListingUpdate", id=made, input=prices)
        return made

    def put(self, variant: str, warehouse: str, quantity: int) -> None:
        stocks = [{"warehouse": warehouse, "quantity": quantity}]
        self.do("productVariantStocksUpdate", variantId=variant, stocks=stocks)

    def push(self, variant: str, warehouse: str, quantity: int) -> None:
        self.do("stockBulkUpdate", stocks=[{"variantId": variant, "warehouseId": warehouse, "quantity": quantity}])

    def stock(self, variant: str, warehouse: str) -> tuple[int, int]:
        """(quantity, allocated)"""
        rows = self.ask(STOCKS, id=variant)["stocks"]
        row = next(row for row in rows if row["warehouse"]["id"] == warehouse)
        return row["quantity"], row["quantityAllocated"]

    def available(self, channel: dict[str, str], variant: str, country: str | None = "US") -> int:
        found = self.ask(AVAILABLE, ANYBODY, id=variant, channel=channel["slug"], country=country)
        return int(found["quantityAvailable"])

    def checkout(self, channel: dict[str, str], *lines: tuple[str, int], **extra: Any) -> str:
        """An unpaid checkout that is otherwise ready to be completed."""
        asked = {
            "channel": channel["slug"],
            "email": "buyer@example.com",
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
            "lines": [{"variantId": variant, "quantity": units} | extra for variant, units in lines],
        }
        wanted = "checkout { id shippingMethods { id } }"
        made = self.do("checkoutCreate", wanted, ANYBODY, input=asked)["checkout"]
        method = made["shippingMethods"][0]["id"]
        self.do("checkoutDeliveryMethodUpdate", "", ANYBODY, id=made["id"], deliveryMethodId=method)
        return str(made["id"])

    def pay(self, owner: str, amount: str = "100000") -> None:
        charged = {"amountCharged": {"amount": amount, "currency": "USD"}}
        self.do("transactionCreate", id=owner, transaction=charged)

    def complete(self, checkout: str) -> str:
        return str(self.do("checkoutComplete", "order { id }", ANYBODY, id=checkout)["order"]["id"])

    def buy(self, channel: dict[str, str], *lines: tuple[str, int]) -> str:
        checkout = self.checkout(channel, *lines)
        self.pay(checkout)
        return self.complete(checkout)

    def complete_at_once(self, checkouts: Sequence[str]) -> list[str]:
        """The orders of those that passed; a refusal for any other reason than stock is raised."""

        def attempt(checkout: str) -> str | None:
            try:
                return self.complete(checkout)
            except Answered as refused:
                if refused.codes != ["INSUFFICIENT_STOCK"]:
                    raise
                return None

        with ThreadPoolExecutor(len(checkouts)) as pool:
            return [order for order in pool.map(attempt, checkouts) if order]

    def order(self, order: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(ORDER, id=order)
        return found

    def allocations(self, order: str) -> list[tuple[str, int]]:
        """(warehouse, units) of every line, those at zero left out."""
        rows = [row for line in self.order(order)["lines"] for row in line["allocations"]]
        return [(row["warehouse"]["id"], row["quantity"]) for row in rows if row["quantity"]]

    def fulfil(self, order: str, warehouse: str, units: int | None = None, *, anyway: bool = False) -> str:
        """Ship units of the first line, all that is left by default. Returns the fulfilment."""
        line = self.order(order)["lines"][0]
        stocks = [{"warehouse": warehouse, "quantity": units or line["quantityToFulfill"]}]
        asked = {"lines": [{"orderLineId": line["id"], "stocks": stocks}], "allowStockToBeExceeded": anyway}
        made = self.do("orderFulfill", "fulfillments { id }", order=order, input=asked)
        return str(made["fulfillments"][0]["id"])

    def approve(self, fulfilment: str) -> None:
        self.do("orderFulfillmentApprove", id=fulfilment, notifyCustomer=False)

    def cancel_fulfilment(self, fulfilment: str, warehouse: str | None = None) -> None:
        self.do("orderFulfillmentCancel", id=fulfilment, input={"warehouseId": warehouse})

    def cancel(self, order: str) -> None:
        self.do("orderCancel", id=order)

    def settings(self, **values: Any) -> None:
        self.do("shopSettingsUpdate", input=values)

    def write(self, owner: str, token: str | None = None, **values: str) -> None:
        """Public metadata."""
        entries = [{"key": key, "value": value} for key, value in values.items()]
        self.do("updateMetadata", "", token, id=owner, input=entries)
