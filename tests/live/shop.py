"""What merchant, staff, ERP and shoppers do in a shop, through its public API only."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from tests.live import documents
from tests.live.client import Client, Refused
from tests.live.world import ADDRESS, Item, Place

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Bought:
    """An order the shop accepted."""

    id: str
    number: str


class Shop:
    """One shop, by its API."""

    def __init__(self, client: Client) -> None:
        self.client = client

    # Shoppers.

    def checkout(self, channel: Place, *lines: tuple[Item, int], forged: Mapping[str, str] | None = None) -> str:
        """A checkout that is ready but for completing. Raises Refused where the shop says there is not enough."""
        metadata = [{"key": key, "value": value} for key, value in (forged or {}).items()]
        asked = [{"variantId": item.id, "quantity": units, "metadata": metadata} for item, units in lines]
        made = self.client.shopper(
            documents.CREATE_CHECKOUT,
            input={
                "channel": channel.slug,
                "email": "buyer@example.com",
                "lines": asked,
                "shippingAddress": ADDRESS,
                "billingAddress": ADDRESS,
            },
        )["checkout"]
        method = made["shippingMethods"][0]["id"]
        ready = self.client.shopper(documents.SET_DELIVERY, id=made["id"], method=method)["checkout"]
        return self._paid(ready)

    def _paid(self, checkout: Mapping[str, Any]) -> str:
        price = checkout["totalPrice"]["gross"]
        charged = {"amountCharged": {"amount": str(price["amount"]), "currency": price["currency"]}}
        self.client.staff(documents.PAY, id=checkout["id"], transaction={"name": "Card"} | charged)
        return str(checkout["id"])

    def complete(self, checkout: str) -> Bought:
        order = self.client.shopper(documents.COMPLETE, id=checkout)["order"]
        return Bought(order["id"], order["number"])

    def buy(self, channel: Place, *lines: tuple[Item, int], forged: Mapping[str, str] | None = None) -> Bought:
        return self.complete(self.checkout(channel, *lines, forged=forged))

    def try_to_buy(self, channel: Place, item: Item, units: int) -> Bought | None:
        """None where the shop refuses for want of stock; any other refusal is an error."""
        return _unless_short(lambda: self.buy(channel, (item, units)))

    def checkouts(self, channel: Place, item: Item, units: int, buyers: int) -> list[str]:
        """Each buyer ready to complete; those refused for want of stock, where checkouts reserve it, are left out."""
        ready = [_unless_short(lambda: self.checkout(channel, (item, units))) for _ in range(buyers)]
        return [checkout for checkout in ready if checkout]

    def complete_at_once(self, checkouts: Sequence[str]) -> list[Bought]:
        """Complete them all at the same time. Returns the orders; those refused for want of stock are left out."""
        with ThreadPoolExecutor(len(checkouts) or 1) as pool:
            attempts = pool.map(lambda checkout: _unless_short(lambda: self.complete(checkout)), checkouts)
            return [bought for bought in attempts if bought]

    def available(self, channel: Place, item: Item) -> int:
        """What a storefront shows as available to somebody in the channel's own country."""
        answer = self.client.shopper(documents.VARIANT, id=item.id, channel=channel.slug, country="US")
        return int(answer["quantityAvailable"])

    def variant_metadata(self, channel: Place, item: Item) -> dict[str, str]:
        answer = self.client.shopper(documents.VARIANT, id=item.id, channel=channel.slug, country="US")
        prefix = f"dueback.{channel.slug}."
        return {key.removeprefix(prefix): value for key, value in _flat(answer).items() if key.startswith(prefix)}

    # Staff and their ERP.

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.staff(documents.ORDER, id=order_id)
        return found

    def line_metadata(self, order_id: str) -> list[dict[str, str]]:
        return [_ours(line) for line in self.order(order_id)["lines"]]

    def order_metadata(self, order_id: str) -> dict[str, str]:
        return _ours(self.order(order_id))

    def notes(self, order_id: str) -> list[str]:
        return [e["message"] for e in self.order(order_id)["events"] if e["type"] == "NOTE_ADDED"]

    def stocks(self, item: Item) -> dict[str, tuple[int, int]]:
        """(quantity, allocated) by warehouse id."""
        rows = self.client.staff(documents.STOCKS, id=item.id)["stocks"]
        return {row["warehouse"]["id"]: (row["quantity"], row["quantityAllocated"]) for row in rows}

    def put(self, item: Item, warehouse: Place, quantity: int) -> None:
        """Staff set the stock by hand; makes the row where there is none."""
        stocks = [{"warehouse": warehouse.id, "quantity": quantity}]
        self.client.staff(documents.SET_STOCKS, variant=item.id, stocks=stocks)

    def push(self, *rows: tuple[Item, Place, int]) -> None:
        """An ERP pushes absolute quantities."""
        stocks = [{"variantId": i.id, "warehouseId": place.id, "quantity": units} for i, place, units in rows]
        self.client.staff(documents.PUSH_STOCKS, stocks=stocks)

    def fulfil(
        self, order_id: str, warehouse: str, units: int | None = None, *, anyway: bool = False, line: int = 0
    ) -> str:
        """Ship units of one line from a warehouse; all that is left of it by default. Returns the fulfilment."""
        found = self.order(order_id)["lines"][line]
        left = found["quantity"] - found["quantityFulfilled"]
        stocks = [{"quantity": units or left, "warehouse": warehouse}]
        asked = {
            "lines": [{"orderLineId": found["id"], "stocks": stocks}],
            "notifyCustomer": False,
            "allowStockToBeExceeded": anyway,
        }
        made = self.client.staff(documents.FULFIL, order=order_id, input=asked)
        return str(made["fulfillments"][0]["id"])

    def approve(self, fulfilment: str) -> None:
        self.client.staff(documents.APPROVE, id=fulfilment)

    def cancel_fulfilment(self, fulfilment: str, warehouse: str | None = None) -> None:
        self.client.staff(documents.CANCEL_FULFILMENT, id=fulfilment, warehouse=warehouse)

    def confirm(self, order_id: str) -> None:
        """Where the channel leaves new orders unconfirmed."""
        self.client.staff(documents.CONFIRM_ORDER, id=order_id)

    def mark_paid(self, order_id: str) -> None:
        """Drafts and imports arrive unpaid, and a shop may refuse to ship what is not paid."""
        self.client.staff(documents.MARK_PAID, id=order_id)

    def cancel(self, order_id: str) -> None:
        self.client.staff(documents.CANCEL_ORDER, id=order_id)

    def return_unshipped(self, order_id: str, units: int, line: int = 0) -> None:
        """Take units off a confirmed order that were never shipped."""
        asked = [{"orderLineId": self.order(order_id)["lines"][line]["id"], "quantity": units}]
        self.client.staff(documents.RETURN, order=order_id, input={"orderLines": asked, "refund": False})

    def return_shipped(self, order_id: str, fulfilment: str, units: int) -> None:
        """The buyer sends back units of a shipment; the shop restocks nothing by itself."""
        shipped = next(found for found in self.order(order_id)["fulfillments"] if found["id"] == fulfilment)
        asked = [{"fulfillmentLineId": shipped["lines"][0]["id"], "quantity": units}]
        self.client.staff(documents.RETURN, order=order_id, input={"fulfillmentLines": asked, "refund": False})

    def set_line_quantity(self, order_id: str, units: int, line: int = 0) -> None:
        line_id = self.order(order_id)["lines"][line]["id"]
        self.client.staff(documents.SET_LINE_QUANTITY, id=line_id, quantity=units)

    def draft(self, channel: Place, item: Item, units: int) -> str:
        asked = {
            "channelId": channel.id,
            "userEmail": "buyer@example.com",
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
            "lines": [{"variantId": item.id, "quantity": units}],
        }
        made = self.client.staff(documents.CREATE_DRAFT, input=asked)["order"]
        self.client.staff(documents.SHIP_DRAFT, id=made["id"], method=made["shippingMethods"][0]["id"])
        return str(made["id"])

    def complete_draft(self, order_id: str) -> Bought:
        order = self.client.staff(documents.COMPLETE_DRAFT, id=order_id)["order"]
        return Bought(order["id"], order["number"])

    def import_order(self, channel: Place, item: Item, units: int, warehouse: Place) -> Bought:
        """An order brought over from another system; the shop allocates nothing for it."""
        tax_class = self.client.staff(documents.TAX_CLASSES)["edges"][0]["node"]["id"]
        now, price = datetime.now(UTC).isoformat(), {"gross": str(10 * units), "net": str(10 * units)}
        line = {
            "variantId": item.id,
            "createdAt": now,
            "isShippingRequired": True,
            "isGiftCard": False,
            "quantity": units,
            "totalPrice": price,
            "undiscountedTotalPrice": price,
            "warehouse": warehouse.id,
            "taxClassId": tax_class,
        }
        order = {
            "channel": channel.slug,
            "createdAt": now,
            "status": "UNFULFILLED",
            "user": {"email": "buyer@example.com"},
            "billingAddress": ADDRESS,
            "currency": "USD",
            "languageCode": "EN",
            "deliveryMethod": {"warehouseId": warehouse.id, "shippingTaxClassId": tax_class},
            "lines": [line],
        }
        result = self.client.staff(documents.IMPORT_ORDERS, orders=[order], policy="SKIP")["results"][0]
        return Bought(result["order"]["id"], result["order"]["number"])

    # The shop's own settings.

    def reserve_stock(self, minutes: int | None) -> None:
        reserve = {f"reserveStockDuration{who}User": minutes for who in ("Anonymous", "Authenticated")}
        self.client.staff(documents.UPDATE_SHOP, input=reserve)

    def approve_by_hand(self, by_hand: bool) -> None:
        self.client.staff(documents.UPDATE_SHOP, input={"fulfillmentAutoApprove": not by_hand})

    def channel(self, place: Place) -> dict[str, Any]:
        """The channel as staff see it: strategy, and warehouses in order."""
        return next(found for found in self.client.staff(documents.CHANNELS) if found["id"] == place.id)

    def allocate_by(self, channel: Place, strategy: str) -> None:
        stock_settings = {"allocationStrategy": strategy}
        self.client.staff(documents.UPDATE_CHANNEL, id=channel.id, input={"stockSettings": stock_settings})

    def move_warehouse(self, channel: Place, warehouse: str, by: int) -> None:
        moves = [{"id": warehouse, "sortOrder": by}]
        self.client.staff(documents.REORDER_WAREHOUSES, channel=channel.id, moves=moves)


def _unless_short(attempt: Callable[[], Outcome]) -> Outcome | None:
    """None where the shop refuses for want of stock; any other refusal is an error."""
    try:
        return attempt()
    except Refused as refused:
        if not refused.short_of_stock:
            raise
        return None


def _flat(owner: Mapping[str, Any]) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in owner["metadata"]}


def _ours(owner: Mapping[str, Any]) -> dict[str, str]:
    return {key.removeprefix("dueback."): value for key, value in _flat(owner).items() if key.startswith("dueback.")}
