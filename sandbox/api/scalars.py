"""Saleor's scalars: how values are read from requests and written into answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema


def _read_moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"DateTime cannot represent value: {value!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _write_moment(value: datetime) -> str:
    return value.isoformat()


def _read_day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"Date cannot represent value: {value!r}") from None


def _read_uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise GraphQLError(f"UUID cannot represent value: {value!r}") from None


def _read_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError(f"Decimal cannot represent value: {value!r}") from None
    if number < 0:
        raise GraphQLError(f"Value cannot be lower than 0. Unsupported value: {value}")
    return number


def _read_whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"Int cannot represent value: {value!r}") from None


def _read_json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise GraphQLError(f"JSONString cannot represent value: {value!r}") from None


def _same(value: Any) -> Any:
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "DateTime": _read_moment,
    "Date": _read_day,
    "UUID": _read_uuid,
    "PositiveDecimal": _read_decimal,
    "Decimal": _read_decimal,
    "Minute": _read_whole,
    "Hour": _read_whole,
    "Day": _read_whole,
    "PositiveInt": _read_whole,
    "JSONString": _read_json,
}
_WRITERS: dict[str, Callable[[Any], Any]] = {
    "DateTime": _write_moment,
    "Date": date.isoformat,
    "JSONString": json.dumps,
    "PositiveDecimal": float,
}


def install_scalars(schema: GraphQLSchema) -> None:
    for name, scalar in schema.type_map.items():
        if not isinstance(scalar, GraphQLScalarType) or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        # Both the names of graphql-core 3.3 and the older ones that it still calls.
        scalar.parse_value = scalar.coerce_input_value = _READERS.get(name, _same)  # type: ignore[method-assign,assignment]
        scalar.serialize = scalar.coerce_output_value = _WRITERS.get(name, _same)  # type: ignore[method-assign,assignment]
