"""What there is to tell the merchant's staff: written in the transaction that decided it, sent afterwards."""

from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, false, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.models import Line, Notice, Order, Overrun, Shop
from app.platforms import NoteOrder, Platform, ReportProblem

log = structlog.get_logger()


class Topic(StrEnum):
    """What notices are about; each can be switched off. By this the key of a notice begins."""

    POOL_SHIPMENTS = "pool_shipment"
    """Units that were shipped from the pool, and where they were taken off: notes on orders, and problems."""
    OVERRUNS = "overrun"
    """Order lines that were sold beyond the cap."""
    RECEIPTS = "receipt"
    """Receipts that the shop's stock could not be raised for."""
    FINDINGS = "doctor"
    """What the doctor finds that staff must put right."""


def tell(connection: Connection, shop_id: int, kind: str, key: str, payload: dict[str, Any]) -> None:
    """Keep something to tell, once per key. `payload` has `message`, and for an order_note `order`."""
    row = {"shop_id": shop_id, "kind": kind, "key": key, "payload": payload}
    connection.execute(insert(Notice).values(row).on_conflict_do_nothing())


def note_order(connection: Connection, shop_id: int, key: str, order_id: str, message: str) -> None:
    tell(connection, shop_id, "order_note", key, {"order": order_id, "message": message})


def report(connection: Connection, shop_id: int, key: str, message: str) -> None:
    tell(connection, shop_id, "problem", key, {"message": message})


def tell_overruns(connection: Connection, shop_id: int, variants: Collection[str]) -> None:
    """Report each line that was sold beyond the cap, once."""
    query = (
        select(Overrun.line_id, Overrun.units, Line.sku, Order.number)
        .join(Line, (Line.shop_id == Overrun.shop_id) & (Line.id == Overrun.line_id))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Overrun.shop_id == shop_id, Overrun.variant_id.in_(variants))
    )
    for row in connection.execute(query):
        message = (
            f"Order {row.number}: {row.units} of {row.sku} sold beyond the backorder limit. The shop let simultaneous "
            "checkouts pass; stock reservations in the shop's settings prevent it. The order keeps its place."
        )
        report(connection, shop_id, f"overrun:{row.line_id}", message)


def send(engine: Engine, shop_id: int, platform: Platform) -> None:
    """Send what is unsent, oldest first. A problem told twice counts once in the shop; a note is looked for first.

    Topics that are switched off wait: they are told once they are switched on, as far as they still hold.
    """
    with engine.connect() as connection:
        quiet = connection.scalar(select(Shop.settings["quiet"]).where(Shop.id == shop_id)) or []
        off = [Notice.key.startswith(f"{topic}:", autoescape=True) for topic in quiet]
        unsent = select(Notice).where(Notice.shop_id == shop_id, Notice.sent_at.is_(None), ~or_(false(), *off))
        rows = connection.execute(unsent.order_by(Notice.created_at)).all()
    for row in rows:
        if not (row.attempted and _is_there(platform, row)):
            _set(engine, row, attempted=True)
            for failure in platform.write([_change(row)]):
                log.warning("notice refused", shop=shop_id, key=row.key, reason=str(failure.message))
        _set(engine, row, sent_at=datetime.now(UTC))


def _is_there(platform: Platform, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether an earlier attempt that was cut off did leave the note."""
    return row.kind == "order_note" and row.payload["message"] in platform.notes(row.payload["order"])


def _set(engine: Engine, row: Row[*tuple[Any, ...]], **values: Any) -> None:
    mine = (Notice.shop_id == row.shop_id, Notice.kind == row.kind, Notice.key == row.key)
    with engine.begin() as connection:
        connection.execute(update(Notice).where(*mine).values(values))


def _change(row: Row[*tuple[Any, ...]]) -> NoteOrder | ReportProblem:
    if row.kind == "order_note":
        return NoteOrder(row.payload["order"], row.payload["message"])
    return ReportProblem(row.key, row.payload["message"])
