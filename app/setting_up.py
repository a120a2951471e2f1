"""How far a shop is set up. Read from what is there; only that somebody is done with the guide is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, cast, func, select, update

from app import marks
from app.models import Channel, Rule, Shop, Variant
from app.pooling import OPENING

SETTING, DONE = "setup", "done"
LEFT_KEY = r"dueback.%.backorder\_left"


@dataclass(frozen=True, slots=True)
class Progress:
    """`channels` are the active ones, `rules` how many sell past zero.

    `first_open` is a variant that the shop shows as open past zero, None where there is none yet; `working`: variants
    are being looked at, so that there may be one soon.
    """

    channels: Sequence[Row[*tuple[Any, ...]]]
    rules: int
    first_open: Row[*tuple[Any, ...]] | None
    working: bool

    @property
    def enabled(self) -> list[Row[*tuple[Any, ...]]]:
        return [channel for channel in self.channels if channel.pool]

    @property
    def whole(self) -> bool:
        """Whether every channel can sell past zero."""
        return len(self.enabled) == len(self.channels)


def progress(connection: Connection, shop: Shop) -> Progress:
    channels = select(Channel.__table__).where(Channel.shop_id == shop.id, Channel.active).order_by(Channel.name)
    return Progress(
        channels=connection.execute(channels).all(),
        rules=_opening_rules(connection, shop.id),
        first_open=_first_open(connection, shop.id),
        working=marks.pending(connection, shop.id) > 0,
    )


def is_begun(connection: Connection, shop: Shop) -> bool:
    """Whether anything is sold past zero here, or somebody has said that they are done with the guide."""
    return is_done(shop) or _opening_rules(connection, shop.id) > 0


def is_done(shop: Shop) -> bool:
    return shop.settings.get(SETTING) == DONE


def finish(connection: Connection, shop: Shop) -> None:
    """Somebody needs the guide no more."""
    settings = Shop.settings.concat({SETTING: DONE})
    connection.execute(update(Shop).where(Shop.id == shop.id).values(settings=settings))


def _opening_rules(connection: Connection, shop_id: int) -> int:
    query = (
        select(func.count()).select_from(Rule).where(Rule.shop_id == shop_id, Rule.fields["mode"].astext.in_(OPENING))
    )
    return connection.scalar(query) or 0


def how_many_open(connection: Connection, shop_id: int) -> int:
    """How many variants can be ordered past zero somewhere, by what the shop shows."""
    return connection.scalar(select(func.count(Variant.id)).where(Variant.shop_id == shop_id, _is_open())) or 0


def _first_open(connection: Connection, shop_id: int) -> Row[*tuple[Any, ...]] | None:
    columns = (Variant.id, Variant.sku, Variant.name, Variant.product_id, Variant.product_name)
    return connection.execute(select(*columns).where(Variant.shop_id == shop_id, _is_open()).limit(1)).first()


def _is_open() -> ColumnElement[bool]:
    """By what the shop shows: that is what buyers can order."""
    shown = func.jsonb_each_text(Variant.shown).table_valued("key", "value").lateral("shown")
    return select(1).select_from(shown).where(shown.c.key.like(LEFT_KEY), cast(shown.c.value, Text) != "0").exists()
