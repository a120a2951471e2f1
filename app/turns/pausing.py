"""Pausing a shop: nothing is sold past zero in any channel until it is resumed; who waits keeps turn and date."""

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, select, text, true, update
from sqlalchemy.dialects.postgresql import insert

from app import marks
from app.models import Pause, Shop
from app.turns.wrong import BadMove, checked

Pausing = Row[*tuple[Any, ...]]


def pause(connection: Connection, shop: Shop, *, who: str, why: str = "") -> None:
    """Begin a pause, and mark everything of the shop, to be looked at before routine work. Raises BadMove."""
    row = {"shop_id": shop.id, "who": who, "why": checked(why)}
    begun = (
        insert(Pause)
        .values(row)
        .on_conflict_do_nothing(index_elements=["shop_id"], index_where=text("undone_at IS NULL"))
    )
    if connection.scalar(begun.returning(Pause.id)) is None:
        raise BadMove(lazy("The shop is paused already."))
    marks.mark_variants(connection, shop.id, true(), routine=False)


def resume(connection: Connection, shop: Shop, *, who: str, why: str = "") -> None:
    """End the pause, and mark everything of the shop. Raises BadMove."""
    ended = (
        update(Pause)
        .where(Pause.shop_id == shop.id, Pause.undone_at.is_(None))
        .values(undone_at=datetime.now(UTC), undone_by=who, undone_why=checked(why))
        .returning(Pause.id)
    )
    if connection.scalar(ended) is None:
        raise BadMove(lazy("The shop is not paused."))
    marks.mark_every_variant(connection, shop.id)


def paused(connection: Connection, shop_id: int) -> Pausing | None:
    """The pause that holds: who, why, and since when (`at`)."""
    query = select(Pause.__table__).where(Pause.shop_id == shop_id, Pause.undone_at.is_(None))
    return connection.execute(query).one_or_none()
