"""Writing quantities. All of them are absolute; each mutation tells other events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.api.call import Call
from sandbox.api.refusals import FieldError, Invalid, QueryError
from sandbox.api.registry import error_row, mutation
from sandbox.fields.catalogue import find_variant
from sandbox.state.catalogue import Stock, Variant
from sandbox.state.places import Warehouse
from sandbox.state.shop import Shop
from sandbox.stock import announce
from sandbox.stock.counts import allocated, stock_at

from .lookup import row, rows


def variant_named(shop: Shop, gid: str | None, sku: str | None, field: str = "id") -> Variant:
    if gid is not None:
        found: Variant = row(shop, gid, "ProductVariant", field)
        return found
    if sku is None:
        raise Invalid(None, "GRAPHQL_ERROR", "At least one argument is required: 'sku', 'variant_id'.")
    by_sku = find_variant(shop, None, sku)
    if by_sku is None:
        raise Invalid("sku", "NOT_FOUND", f"Couldn't resolve to a node: {sku}")
    return by_sku


def remove_stock(shop: Shop, stock: Stock) -> None:
    """A stock takes its allocations and reservations with it, without a word."""
    for allocation in shop.allocations.of("stock", stock.pk):
        shop.remove(allocation)
    for reservation in shop.reservations.of("stock", stock.pk):
        shop.remove(reservation)
    shop.remove(stock)


def _warehouses(shop: Shop, stocks: Sequence[dict[str, Any]]) -> list[Warehouse]:
    ids = [entry["warehouse"] for entry in stocks]
    for index, gid in enumerate(ids):
        if gid in ids[:index]:
            raise Invalid("warehouse", "UNIQUE", "Duplicated warehouse ID.", index=index)
    return rows(shop, ids, "Warehouse", "warehouse")


def not_negative(stocks: Sequence[dict[str, Any]]) -> None:
    if any(entry["quantity"] < 0 for entry in stocks):
        raise Invalid("quantity", "INVALID", "Quantity should not be less than 0.")


def create_stocks(shop: Shop, variant: Variant, stocks: Sequence[dict[str, Any]]) -> list[Stock]:
    """New stocks of a variant, without any event."""
    warehouses = _warehouses(shop, stocks)
    made: list[Stock] = []
    for index, (entry, warehouse) in enumerate(zip(stocks, warehouses, strict=True)):
        if stock_at(shop, variant.pk, warehouse.pk):
            raise Invalid(
                "stocks", "UNIQUE", "Stock for this warehouse already exists for this product variant.", index=index
            )
        stock = Stock(shop.stocks.next_pk(), variant.pk, warehouse.pk, entry["quantity"])
        shop.add(stock)
        made.append(stock)
    return made


@mutation("productVariantStocksCreate", "MANAGE_PRODUCTS")
def create(call: Call, variant_id: str, stocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Every new stock is told back in stock, also one with nothing in it."""
    shop = call.shop
    variant = variant_named(shop, variant_id, None)
    made = create_stocks(shop, variant, stocks)
    announce.back_in_stock(shop, made)
    announce.in_channels(shop, made, "back_in_stock")
    return {"product_variant": variant}


@mutation("productVariantStocksUpdate", "MANAGE_PRODUCTS")
def update(
    call: Call, stocks: list[dict[str, Any]], variant_id: str | None = None, sku: str | None = None
) -> dict[str, Any]:
    """Set or make stocks. stock_updated is told for every one given, changed or not."""
    shop = call.shop
    variant = variant_named(shop, variant_id, sku)
    written: list[Stock] = []
    back: list[Stock] = []
    out: list[Stock] = []
    for entry, warehouse in zip(stocks, _warehouses(shop, stocks), strict=True):
        stock = stock_at(shop, variant.pk, warehouse.pk)
        is_new = stock is None
        if stock is None:
            stock = Stock(shop.stocks.next_pk(), variant.pk, warehouse.pk, 0)
            shop.add(stock)
        taken = allocated(shop, stock)
        before, after = stock.quantity - taken, entry["quantity"] - taken
        if (is_new and after > 0) or before <= 0 < after:
            announce.back_in_stock(shop, [stock])
            back.append(stock)
        if before > 0 >= after:
            announce.out_of_stock(shop, [stock])
            out.append(stock)
        shop.set(stock, quantity=entry["quantity"])
        written.append(stock)
    announce.stock_updated(shop, written)
    announce.in_channels(shop, back, "back_in_stock")
    announce.in_channels(shop, out, "out_of_stock")
    return {"product_variant": variant}


@mutation("productVariantStocksDelete", "MANAGE_PRODUCTS")
def delete(
    call: Call, variant_id: str | None = None, sku: str | None = None, warehouse_ids: list[str] | None = None
) -> dict[str, Any]:
    shop = call.shop
    variant = variant_named(shop, variant_id, sku)
    gone = {each.pk for each in rows(shop, warehouse_ids, "Warehouse", "warehouseIds")}
    stocks = [stock for stock in shop.stocks.of("variant", variant.pk) if stock.warehouse in gone]
    announce.out_of_stock(shop, stocks)
    for stock in stocks:
        remove_stock(shop, stock)
    announce.in_channels(shop, stocks, "out_of_stock")
    return {"product_variant": variant}


@mutation("stockBulkUpdate", "MANAGE_PRODUCTS")
def bulk_update(call: Call, stocks: list[dict[str, Any]], error_policy: str | None = None) -> dict[str, Any]:
    """Stocks that exist get the quantity given; stock_updated is told of those that changed, and nothing else ever."""
    shop = call.shop
    readable = [all(error.code != "INVALID" for error in _find(shop, entry)[0]) for entry in stocks]
    if any(readable) and not readable[0]:
        raise NoFirstRow("Internal Server Error")
    results: list[dict[str, Any]] = []
    failed = False
    for entry in stocks:
        errors, stock = _find(shop, entry)
        failed |= bool(errors)
        results.append({"stock": stock, "errors": [error_row(each) for each in errors], "_to": entry["quantity"]})
    if failed and error_policy in (None, "REJECT_EVERYTHING"):
        return {"count": 0, "results": [{"stock": None, "errors": each["errors"]} for each in results]}
    changed: list[Stock] = []
    for each in results:
        stock = each["stock"]
        if stock is not None and stock.quantity != each["_to"]:
            shop.set(stock, quantity=each["_to"])
            changed.append(stock)
    announce.stock_updated(shop, changed)
    return {"count": sum(each["stock"] is not None for each in results), "results": results}


class NoFirstRow(QueryError):
    """A first row that cannot be read breaks Saleor's look at which kind of ids the rows use."""

    code = "AttributeError"


def _find(shop: Shop, entry: dict[str, Any]) -> tuple[list[FieldError], Stock | None]:
    errors: list[FieldError] = []
    variant = _selected(shop.variants, entry, "variant", "ProductVariant", errors, shop)
    warehouse = _selected(shop.warehouses, entry, "warehouse", "Warehouse", errors, shop)
    if entry["quantity"] < 0:
        errors.append(FieldError("quantity", "INVALID", "Quantity should not be less than 0."))
    if errors:
        return errors, None
    stock = stock_at(shop, variant.pk, warehouse.pk) if variant and warehouse else None
    if stock is None:
        return [FieldError(None, "NOT_FOUND", "Stock was not found.")], None
    return [], stock


def _selected(
    table: Any, entry: dict[str, Any], what: str, type_name: str, errors: list[FieldError], shop: Shop
) -> Any:
    gid, reference = entry.get(f"{what}_id"), entry.get(f"{what}_external_reference")
    if bool(gid) == bool(reference):
        errors.append(FieldError(None, "INVALID", f"Exactly one of {what}Id and {what}ExternalReference is needed."))
        return None
    if reference:
        return next((each for each in table if each.external_reference == reference), None)
    try:
        return row(shop, gid, type_name)
    except Invalid as refused:
        if refused.errors[0].code == "GRAPHQL_ERROR":
            errors.append(FieldError(f"{what}Id", "INVALID", f"Invalid {what}Id."))
        return None
