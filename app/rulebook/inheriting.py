"""What a rule that says nothing of a field would leave it to be."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.engine.model import Terms
from app.engine.rules import NONE, READ, Rule, Scope, VariantScopes
from app.models import Channel, Variant
from app.rulebook.holding import Supposed
from app.rulebook.kept import load
from app.rulebook.place import Place, covered

MOST_KINDS = 100


class Inherited(NamedTuple):
    """A value as rules write it, and the rule that says so; None where none does."""

    value: Any
    rule: Rule | None


def inherited(connection: Connection, shop_id: int, place: Place, today: date) -> Mapping[str, Sequence[Inherited]]:
    """For each field what the rules less specific than one at the place come to, whether there is one or not.

    Usually one value; several where they differ among what the place covers. Looks at no more than `MOST_KINDS` kinds
    of variants, which belong to the same.
    """
    kinds = _kinds(connection, shop_id, place)
    rules = Supposed(place, {}).rules(load(connection, shop_id, kinds))
    found: dict[str, dict[Any, Inherited]] = {name: {} for name in READ}
    for kind in kinds:
        for channel in _channels(connection, shop_id, place):
            merged = rules.merge_beyond((place.scope, place.target, place.channel_id), kind, channel, today)
            for name in READ:
                one = _inherited(name, merged.origins.get(name))
                found[name].setdefault((one.value, one.rule and (one.rule.scope, one.rule.target)), one)
    return {name: list(ways.values()) for name, ways in found.items()}


def _inherited(name: str, origin: Rule | None) -> Inherited:
    return Inherited(origin.fields[name], origin) if origin else Inherited(as_written(getattr(Terms(), name)), None)


def as_written(value: Any) -> Any:
    """A default of the engine as a rule would say it."""
    if value is None or value == "":
        return NONE
    return value.isoformat() if isinstance(value, date | time) else value


def _channels(connection: Connection, shop_id: int, place: Place) -> list[str]:
    if place.channel_id or place.scope is Scope.CHANNEL:
        return [place.channel_id or place.target]
    query = select(Channel.id).where(Channel.shop_id == shop_id, Channel.active).order_by(Channel.slug)
    return list(connection.scalars(query)) or [""]


def _kinds(connection: Connection, shop_id: int, place: Place) -> list[VariantScopes]:
    """What the variants that the place covers belong to; made up where it covers none."""
    narrow = place.scope in {Scope.VARIANT, Scope.PRODUCT}
    own = (Variant.id, Variant.product_id) if place.scope is Scope.VARIANT else (Variant.product_id,) if narrow else ()
    columns = (*own, Variant.product_type_id, Variant.category_ids, Variant.collection_ids)
    query = select(*columns).where(Variant.shop_id == shop_id, covered([place])).distinct().limit(MOST_KINDS)
    return [_kind(row) for row in connection.execute(query)] or list(_made_up(place))


def _kind(row: Any) -> VariantScopes:
    return VariantScopes(
        id=getattr(row, "id", ""),
        product=getattr(row, "product_id", ""),
        product_type=row.product_type_id,
        categories=tuple(row.category_ids),
        collections=tuple(row.collection_ids),
    )


def _made_up(place: Place) -> Iterator[VariantScopes]:
    target, scope = place.target, place.scope
    yield VariantScopes(
        id=target if scope is Scope.VARIANT else "",
        product=target if scope is Scope.PRODUCT else "",
        product_type=target if scope is Scope.PRODUCT_TYPE else "",
        categories=(target,) if scope is Scope.CATEGORY else (),
        collections=(target,) if scope is Scope.COLLECTION else (),
    )
