"""The stock events, with the stock Saleor really names in them."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.state.catalogue import Stock
from sandbox.state.shop import Shop

from .counts import available, stocks_in


def out_of_stock(shop: Shop, stocks: Sequence[Stock]) -> None:
    for stock in stocks:
        shop.happen("product_variant_out_of_stock", stock=stock)


def back_in_stock(shop: Shop, stocks: Sequence[Stock]) -> None:
    for stock in stocks:
        shop.happen("product_variant_back_in_stock", stock=stock)


def stock_updated(shop: Shop, stocks: Sequence[Stock]) -> None:
    for stock in stocks:
        shop.happen("product_variant_stock_updated", stock=stock)


def in_channels(shop: Shop, stocks: Sequence[Stock], what: str) -> None:
    """Once done, tell each channel where no other warehouse of the same kind has the variant. Never in legacy mode."""
    if not stocks or shop.settings.legacy_zones:
        return

    def tell() -> None:
        for suffix, points in (("for_click_and_collect", True), ("in_channel", False)):
            kind = [stock for stock in stocks if _is_point(shop, stock.warehouse) is points]
            for variant, channel in _alone(shop, kind, points=points):
                shop.happen(f"product_variant_{what}_{suffix}", variant=variant, channel=shop.channels[channel])

    shop.work.at_end.append(tell)


def _is_point(shop: Shop, warehouse: str) -> bool:
    row = shop.warehouses.get(warehouse)
    return row is not None and row.collect != "DISABLED"


def _alone(shop: Shop, stocks: Sequence[Stock], *, points: bool) -> list[tuple[int, int]]:
    own = {stock.pk for stock in stocks}
    found: dict[tuple[int, int], None] = {}
    for stock in stocks:
        for channel in shop.channels:
            linked = {link.warehouse for link in channel.links}
            if stock.warehouse not in linked:
                continue
            others = {pk for pk in linked if pk != stock.warehouse and _is_point(shop, pk) is points}
            rest = [other for other in stocks_in(shop, stock.variant, others) if other.pk not in own]
            if not any(available(shop, other) > 0 for other in rest):
                found[stock.variant, channel.pk] = None
    return list(found)
