"""A shop that ships and cancels, and a worker that looks at once whenever it is woken."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import delete

from app import tasks
from app.models import Mark
from app.platforms import ShipLine, ShopError
from app.runtime import Runtime
from tests.app.waiting import Waiting


@dataclass
class Door:
    """What was shipped and cancelled there. `refusal` is what it answers to the next."""

    there: Waiting
    shipped: list[ShipLine] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    refusal: ShopError | None = None
    how: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def opened(cls, there: Waiting, monkeypatch: pytest.MonkeyPatch) -> "Door":
        made = cls(there)
        monkeypatch.setattr(tasks, "wake", made.look)
        monkeypatch.setattr(Runtime, "platform", lambda _runtime, _shop: made)
        return made

    def look(self, _shop_id: int) -> None:
        with self.lock, self.there.engine.begin() as connection:
            self.there.look()
            connection.execute(delete(Mark))

    def close(self) -> None:
        """There is no connection to let go of."""

    def ship(self, order: str, lines: Sequence[ShipLine], **how: Any) -> list[str]:
        if self.refusal:
            raise self.refusal
        with self.lock:
            for line in lines:
                self.there.ship(int(order.removeprefix("order-")), line.units, line.warehouse)
            self.shipped += lines
            self.how = how
        return ["F"]

    def cancel_order(self, order: str) -> None:
        if self.refusal:
            raise self.refusal
        with self.lock:
            self.there.cancel(int(order.removeprefix("order-")))
            self.cancelled.append(order)
