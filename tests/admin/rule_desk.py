"""The shop of `rule_shop` as it answers while rules are set: it makes warehouses, and knows things by their slugs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from app.platforms import Identity, ShopError, ShopLayout
from app.pools import IN_ORDER
from app.runtime import Runtime
from tests.app import rule_shop, set_up


@dataclass
class LiveShop(set_up.Shop):
    """What it is asked by slug has the slug for its id, but for what is `gone`. `silent`: it does not answer."""

    silent: bool = False

    def ids_by_slug(self, _kind: str, slugs: Sequence[str]) -> dict[str, str]:
        self._answer()
        return {slug: slug for slug in slugs if slug != "gone"}

    def search(self, kind: str, text: str) -> list[tuple[str, str]]:
        self._answer()
        return [(text.lower(), f"<b>{text}</b> {kind}")]

    def layout(self) -> ShopLayout:
        self._answer()
        return super().layout()

    def identity(self) -> Identity:
        self._answer()
        return super().identity()

    def _answer(self) -> None:
        if self.silent:
            raise ShopError("The shop did not answer in time.", retry=True, code="TIMEOUT")


def live(monkeypatch: pytest.MonkeyPatch, *, pools: bool = True, in_order: bool = True) -> LiveShop:
    """The shop as the book knows it; `in_order` it allocates as backorders need it."""
    known = rule_shop.layout(pools=pools)
    strategy = IN_ORDER if in_order else set_up.HIGH_STOCK
    shop = LiveShop(
        channels={channel.id: replace(channel, strategy=strategy) for channel in known.channels},
        warehouses={warehouse.id: warehouse for warehouse in known.warehouses},
    )
    monkeypatch.setattr(Runtime, "platform", lambda _runtime, _shop: shop)
    return shop
