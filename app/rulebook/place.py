"""Where a rule holds, and which variants that concerns."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, cast, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import LateralFromClause

from app.db import any_texts, texts
from app.engine.rules import THE_SHOP, Scope
from app.models import Channel, Variant


class Place(NamedTuple):
    """A scope, the platform's id of its object, what people call that (a slug, a SKU), and one channel or every one."""

    scope: Scope
    target: str = THE_SHOP
    target_name: str = ""
    channel_id: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other places of the shop."""
        return self.scope.value, self.target, self.channel_id


def covered(places: Iterable[Place]) -> ColumnElement[bool]:
    """The variants that rules at any of these places concern, as a condition over the variants of one shop."""
    targets = defaultdict(set)
    for place in places:
        targets[place.scope, place.channel_id].add(place.target)
    conditions = (_in_scope(scope, found) & _listed([channel]) for (scope, channel), found in targets.items())
    return or_(false(), *conditions)


def channels_concerned(connection: Connection, shop_id: int, places: Collection[Place]) -> list[str]:
    """The ids of the channels in which rules at these places may open sale past zero: named, or active and selling."""
    named = {place: place.channel_id or place.target * (place.scope is Scope.CHANNEL) for place in places}
    found = sorted(filter(None, named.values()))
    anywhere = [place for place, channel in named.items() if not channel]
    if anywhere:
        query = select(Channel.id).where(Channel.shop_id == shop_id, Channel.active).order_by(Channel.slug)
        if all(place.scope is not Scope.SHOP for place in anywhere):
            listed = members(Variant.listed_in, "listed")
            of_shop = select(listed.c.value).select_from(Variant).join(listed, true())
            query = query.where(Channel.id.in_(of_shop.where(Variant.shop_id == shop_id, covered(anywhere))))
        found += connection.scalars(query)
    return list(dict.fromkeys(found))


def belongs_to(scope: Scope, target: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a variant belongs to the object a row names, for a scope that is not the shop."""
    if scope in _ONE_OF:
        return _ONE_OF[scope] == target
    of_any: ColumnElement[bool] = func.jsonb_exists(_ANY_OF[scope], target)
    return of_any


def members(ids: InstrumentedAttribute[list[str]], name: str) -> LateralFromClause:
    """The ids in a column's list, as rows to join; their column is `value`."""
    return func.jsonb_array_elements_text(ids).table_valued("value").lateral(name)


def _in_scope(scope: Scope, targets: Collection[str]) -> ColumnElement[bool]:
    if scope is Scope.SHOP:
        return true()
    if scope in _ONE_OF:
        return _ONE_OF[scope] == any_texts(targets)
    of_any: ColumnElement[bool] = cast(_ANY_OF[scope], JSONB).has_any(texts(targets))
    return of_any


def _listed(channels: Collection[str]) -> ColumnElement[bool]:
    return _in_scope(Scope.CHANNEL, channels) if any(channels) else true()


_ONE_OF = {Scope.VARIANT: Variant.id, Scope.PRODUCT: Variant.product_id, Scope.PRODUCT_TYPE: Variant.product_type_id}
_ANY_OF = {
    Scope.CATEGORY: Variant.category_ids,
    Scope.COLLECTION: Variant.collection_ids,
    Scope.CHANNEL: Variant.listed_in,
}
