"""The rules and their changes as people look through them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from app.engine.rules import Scope
from app.models import Channel, Rule, RuleChange, Variant
from app.rulebook.kept import Kept
from app.rulebook.place import Place

Table = type[Rule] | type[RuleChange]

# A rule that does not say whether anything is sold past zero.
SILENT = "silent"
EVERY_CHANNEL = "every"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rules, or changes of rules; what is empty excludes none.

    `text` is part of the target's name, of a variant's or product's name, of a channel's, or of who changed it.
    `channel` is a channel's id, or EVERY_CHANNEL for rules that hold in all; `mode` that of the rule, or SILENT.
    """

    text: str = ""
    scope: str = ""
    channel: str = ""
    mode: str = ""
    place: Place | None = None


def listed(
    connection: Connection, shop_id: int, wanted: Wanted, *, offset: int = 0, limit: int | None = None
) -> Sequence[Kept]:
    """Rules in the order in which they decide: the most specific first, and within a scope those of one channel."""
    slug = select(Channel.slug).where(Channel.shop_id == Rule.shop_id, Channel.id == Rule.channel_id).scalar_subquery()
    rank = case({scope.value: number for number, scope in enumerate(Scope)}, value=Rule.scope)
    own_name = case((Rule.scope == Scope.CHANNEL, _slug_of_target(Rule)), else_=Rule.target_name)
    order = (rank, own_name, Rule.target, Rule.channel_id == "", slug, Rule.id)
    query = select(Rule.__table__).where(*_rules(shop_id, wanted)).order_by(*order)
    return connection.execute(query.offset(offset).limit(limit)).all()


def how_many(connection: Connection, shop_id: int, wanted: Wanted) -> int:
    """How many rules there are of those wanted."""
    return connection.scalar(select(func.count()).select_from(Rule).where(*_rules(shop_id, wanted))) or 0


def changes(
    connection: Connection, shop_id: int, wanted: Wanted, *, offset: int = 0, limit: int | None = None
) -> Sequence[Kept]:
    """Changes of rules, the newest first."""
    query = select(RuleChange.__table__).where(*_of(RuleChange, shop_id, wanted)).order_by(RuleChange.id.desc())
    return connection.execute(query.offset(offset).limit(limit)).all()


def how_many_changes(connection: Connection, shop_id: int, wanted: Wanted) -> int:
    query = select(func.count()).select_from(RuleChange).where(*_of(RuleChange, shop_id, wanted))
    return connection.scalar(query) or 0


def titles(connection: Connection, shop_id: int, kept: Iterable[Kept | Place]) -> Mapping[tuple[str, str], str]:
    """What people call the targets of these rules or changes, by scope and target, beside slug and SKU.

    Only variants, products and channels that the book knows have one.
    """
    targets: dict[str, set[str]] = {}
    for row in kept:
        targets.setdefault(row.scope, set()).add(row.target)
    variant = func.concat_ws(", ", Variant.product_name, Variant.name)
    columns: list[tuple[Scope, Any, Any, type[Variant | Channel]]] = [
        (Scope.VARIANT, Variant.id, variant, Variant),
        (Scope.PRODUCT, Variant.product_id, Variant.product_name, Variant),
        (Scope.CHANNEL, Channel.id, Channel.name, Channel),
    ]
    found: dict[tuple[str, str], str] = {}
    for scope, key, title, table in columns:
        if ids := targets.get(scope):
            query = select(key, title).where(table.shop_id == shop_id, key.in_(ids)).distinct()
            found |= {(scope, row[0]): row[1] for row in connection.execute(query)}
    return found


def _rules(shop_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = _of(Rule, shop_id, wanted)
    mode = Rule.fields["mode"].astext
    if wanted.mode:
        conditions.append(mode.is_(None) if wanted.mode == SILENT else mode == wanted.mode)
    return conditions


def _of(table: Table, shop_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [table.shop_id == shop_id]
    if wanted.scope:
        conditions.append(table.scope == wanted.scope)
    if wanted.channel == EVERY_CHANNEL:
        conditions += [table.channel_id == "", table.scope != Scope.CHANNEL]
    elif wanted.channel:
        conditions.append(or_(table.channel_id == wanted.channel, table.target == wanted.channel))
    if wanted.place:
        scope, target, channel_id = wanted.place.key
        conditions += [table.scope == scope, table.target == target, table.channel_id == channel_id]
    if wanted.text:
        conditions.append(_mentions(table, shop_id, wanted.text))
    return conditions


def _mentions(table: Table, shop_id: int, text: str) -> ColumnElement[bool]:
    def has(column: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.icontains(text, autoescape=True)
        return found

    variants = select(Variant.id).where(Variant.shop_id == shop_id, or_(has(Variant.name), has(Variant.product_name)))
    products = select(Variant.product_id).where(Variant.shop_id == shop_id, has(Variant.product_name))
    channels = select(Channel.id).where(Channel.shop_id == shop_id, or_(has(Channel.name), has(Channel.slug)))
    return or_(
        has(table.target_name),
        (table.scope == Scope.VARIANT) & table.target.in_(variants),
        (table.scope == Scope.PRODUCT) & table.target.in_(products),
        (table.scope == Scope.CHANNEL) & table.target.in_(channels),
        *([has(RuleChange.who)] if table is RuleChange else []),
    )


def _slug_of_target(table: Table) -> Any:
    mine = select(Channel.slug).where(Channel.shop_id == table.shop_id, Channel.id == table.target)
    return mine.scalar_subquery()
