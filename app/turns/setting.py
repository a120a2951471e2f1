"""The queue policy of a shop, and what of an order it goes by."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, Row, select, update

from app import faults, marks
from app.activity import tell_settings
from app.engine.model import Policy
from app.models import Line, Shop
from app.refusal import BadValue

HIGHEST_RANK = 1_000_000
Rank = Annotated[int, Field(ge=-HIGHEST_RANK, le=HIGHEST_RANK)]
MetadataKey = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class BadPolicy(BadValue):
    """A policy that cannot be meant; the message says what it takes."""


class Setting(BaseModel):
    """How a shop serves its queue.

    `wanted_key` is the key of an order's metadata that holds the day its buyer wants it shipped, `rank_key` the one
    that holds its rank; `ranks` are those of channels, by id, for orders without one of their own. Of the orders' other
    metadata nothing is kept: it is the buyers'.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Policy = Policy.FIRST_COME
    wanted_key: MetadataKey = ""
    rank_key: MetadataKey = ""
    ranks: dict[str, Rank] = {}


def of(shop: Shop | Row[*tuple[Any, ...]]) -> Setting:
    """The shop's policy; first come, first served unless it chose another."""
    return Setting.model_validate(shop.settings.get("queue", {}))


def marks_of(setting: Setting, channel: str, metadata: Mapping[str, str]) -> tuple[date | None, int | None]:
    """The day an order is wanted and its rank, where the setting asks for them; what cannot be read counts as none."""
    rank = _whole(metadata.get(setting.rank_key, "")) if setting.rank_key else None
    wanted = _day(metadata.get(setting.wanted_key, "")) if setting.wanted_key else None
    return wanted, setting.ranks.get(channel) if rank is None else rank


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    try:
        rank = int(text)
    except ValueError:
        return None
    return rank if abs(rank) <= HIGHEST_RANK else None


def put(connection: Connection, shop: Shop, changes: Mapping[str, Any], *, who: str = "") -> Setting:
    """Change the policy, and mark what it concerns: every variant, or every open order where it goes by other marks.

    `who` does it, where that is known. Raises BadPolicy.
    """
    # As it is by now: somebody else may have changed it since the shop was read.
    before = of(connection.execute(select(Shop.settings).where(Shop.id == shop.id).with_for_update()).one())
    after = changed(before, changes)
    if after == before:
        return after
    settings = Shop.settings.concat({"queue": after.model_dump(mode="json")})
    connection.execute(update(Shop).where(Shop.id == shop.id).values(settings=settings))
    tell_settings(connection, shop, who, before.model_dump(mode="json"), after.model_dump(mode="json"))
    if _sources(after) != _sources(before):
        open_orders = select(Line.order_id).where(Line.shop_id == shop.id, Line.open > 0).distinct()
        marks.mark(connection, shop.id, [("order", order) for order in connection.scalars(open_orders)])
    marks.mark_every_variant(connection, shop.id)
    return after


def changed(before: Setting, changes: Mapping[str, Any]) -> Setting:
    """The setting after these changes. Raises BadPolicy."""
    try:
        return Setting.model_validate(before.model_dump() | dict(changes))
    except ValidationError as wrong:
        raise BadPolicy(faults.FAULT, **faults.first(wrong)) from wrong


def _sources(setting: Setting) -> tuple[Any, ...]:
    return setting.wanted_key, setting.rank_key, setting.ranks
