"""The merchant's rules: kept as rows, checked on the way in, merged by the engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.engine.model import Mode
from app.engine.rules import Rule as EngineRule
from app.engine.rules import Rules, Scope
from app.models import Rule

MOST_UNITS = 1_000_000
LONGEST_LEAD_DAYS = 730

Units = Annotated[int, Field(ge=0, le=MOST_UNITS)]


class BadRule(ValueError):
    """A rule that cannot be meant; the message names the field and says what it takes."""


class RuleFields(BaseModel):
    """What one rule decides. A field left out is inherited from a wider scope."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True)

    mode: Mode | None = None
    cap: Units | Literal["none"] | None = None
    open_at: Units | Literal["always"] | None = None
    lead_days: Annotated[int, Field(ge=0, le=LONGEST_LEAD_DAYS)] | None = None


def load(connection: Connection, shop_id: int) -> Rules:
    """Every rule of the shop, as the engine takes them."""
    kept = rows(connection, shop_id)
    return Rules(EngineRule(Scope(row.scope), row.target, row.channel_id, row.fields) for row in kept)


def rows(connection: Connection, shop_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The shop's rules as they are kept."""
    return connection.execute(select(Rule).where(Rule.shop_id == shop_id).order_by(Rule.id)).all()


def put(
    connection: Connection, shop_id: int, scope: Scope, target: str, channel_id: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Set these fields of the rule for the scope; its other fields stay. Returns all its fields. Raises BadRule."""
    old = connection.scalar(select(Rule.fields).where(*_key(shop_id, scope, target, channel_id))) or {}
    merged = _checked(old | {name: value for name, value in fields.items() if value is not None})
    row = {"shop_id": shop_id, "scope": scope.value, "target": target, "channel_id": channel_id, "fields": merged}
    connection.execute(
        insert(Rule)
        .values(row | {"changed_at": datetime.now(UTC)})
        .on_conflict_do_update(
            index_elements=["shop_id", "scope", "target", "channel_id"],
            set_={"fields": merged, "changed_at": datetime.now(UTC)},
        )
    )
    return merged


def remove(connection: Connection, shop_id: int, scope: Scope, target: str, channel_id: str) -> bool:
    """Remove the rule for the scope. False when there was none."""
    gone = delete(Rule).where(*_key(shop_id, scope, target, channel_id))
    return bool(connection.execute(gone).rowcount)


def _key(shop_id: int, scope: Scope, target: str, channel_id: str) -> tuple[Any, ...]:
    return (
        Rule.shop_id == shop_id,
        Rule.scope == scope.value,
        Rule.target == target,
        Rule.channel_id == channel_id,
    )


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return RuleFields.model_validate(fields).model_dump(exclude_none=True)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise BadRule(f"{first['loc'][0]}: {first['msg']}.") from wrong
