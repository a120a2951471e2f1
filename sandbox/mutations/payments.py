"""Money, as far as it decides whether an order is paid: somebody tells the shop of a transaction."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import pk_of, split
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.checkouts.prices import Charged, order_total
from sandbox.orders import history
from sandbox.orders.status import refresh
from sandbox.state.sales import Checkout, Order, Transaction
from sandbox.state.shop import Shop

from .lookup import metadata, row

_AMOUNTS = {
    "amount_authorized": "authorized",
    "amount_charged": "charged",
    "amount_refunded": "refunded",
    "amount_canceled": "canceled",
}


def _amounts(data: dict[str, Any], currency: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, attribute in _AMOUNTS.items():
        given = data.get(name)
        if given is None:
            continue
        if given["currency"] != currency:
            raise Invalid(
                name, "INCORRECT_CURRENCY", f"Currency needs to be the same as for order or checkout: {currency}"
            )
        found[attribute] = given["amount"]
    return found


@mutation("transactionCreate", "HANDLE_PAYMENTS")
def create(call: Call, gid: str, transaction: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    type_name, _ = split(gid)
    if type_name not in ("Checkout", "Order"):
        raise Invalid("id", "NOT_FOUND", f"Couldn't resolve to Checkout or Order: {gid}")
    owner = row(shop, gid, type_name)
    currency = shop.channels[owner.channel].currency
    made = Transaction(
        str(uuid.uuid4()),
        shop.now(),
        shop.now(),
        currency,
        checkout=owner.pk if isinstance(owner, Checkout) else None,
        order=owner.pk if isinstance(owner, Order) else None,
        name=transaction.get("name") or "",
        message=transaction.get("message") or "",
        psp_reference=transaction.get("psp_reference") or "",
        app=call.app.pk if call.app else None,
        metadata=metadata(transaction.get("metadata")),
        private_metadata=metadata(transaction.get("private_metadata")),
        **_amounts(transaction, currency),
    )
    shop.add(made)
    _paid(shop, owner, before=Decimal(0), after=made.charged)
    return {"transaction": made}


@mutation("transactionUpdate", "HANDLE_PAYMENTS")
def update(call: Call, gid: str, transaction: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    found = row(shop, gid, "TransactionItem")
    before = found.charged
    values = {name: transaction[name] for name in ("name", "message", "psp_reference") if transaction.get(name)}
    shop.set(found, **values, **_amounts(transaction, found.currency), modified_at=shop.now())
    owner = shop.orders.get(found.order) or shop.checkouts.get(found.checkout)
    _paid(shop, owner, before=before, after=found.charged)
    return {"transaction": found}


def _paid(shop: Shop, owner: Checkout | Order | None, *, before: Decimal, after: Decimal) -> None:
    if isinstance(owner, Checkout):
        shop.set(owner, updated_at=shop.now())
        shop.happen("checkout_updated", checkout=owner)
    elif isinstance(owner, Order):
        shop.set(owner, updated_at=shop.now())
        if after > before:
            _charged(shop, owner)
        else:
            shop.happen("order_updated", order=owner)


def _charged(shop: Shop, order: Order) -> None:
    if order.status == "DRAFT":
        return
    shop.happen("order_paid", order=order)
    if Charged.of_order(shop, order).fully_paid:
        history.write(shop, order, "ORDER_FULLY_PAID")
        if shop.channels[order.channel].confirm_orders and order.status != "CANCELED":
            refresh(shop, order)
        shop.happen("order_fully_paid", order=order)
    shop.happen("order_updated", order=order)


@mutation("orderMarkAsPaid", "MANAGE_ORDERS")
def mark_paid(call: Call, gid: str, transaction_reference: str | None = None) -> dict[str, Any]:
    shop = call.shop
    order = shop.orders.get(pk_of(gid, "Order"))
    if order is None:
        raise Invalid("id", "NOT_FOUND", f"Couldn't resolve to a node: {gid}")
    if shop.transactions.of("order", order.pk):
        raise Invalid(
            "transactionReference", "PAYMENT_ERROR", "Orders with transactions can not be manually marked as paid."
        )
    made = Transaction(
        str(uuid.uuid4()),
        shop.now(),
        shop.now(),
        order.currency,
        order=order.pk,
        name="Mark-as-paid transaction",
        psp_reference=transaction_reference or "",
        charged=order_total(shop, order),
    )
    shop.add(made)
    shop.set(order, updated_at=shop.now())
    history.write(shop, order, "ORDER_MARKED_AS_PAID", reference=transaction_reference)
    shop.happen("order_fully_paid", order=order)
    shop.happen("order_updated", order=order)
    return {"order": order}
