"""Writes that are repeated under one Idempotency-Key happen once."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.api.problem import Problem
from app.models import Answer

KEPT = timedelta(days=1)
LONGEST_KEY = 200
# A write of ours is over within seconds; one that is not was cut off.
CUT_OFF_AFTER = timedelta(minutes=2)


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What was asked, as a hash."""
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), body])).hexdigest()


def begin(engine: Engine, shop_id: int, key: str, request: str, *, whole: bool) -> Row[*tuple[Any, ...]] | None:
    """Take the key for this request; the kept answer (status, body) where it was answered already.

    `whole` writes keep their answer in the transaction of their work: where one was cut off nothing happened, and it
    may be made anew. Raises Problem where the key is another request's, or one is under way.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Problem(400, f"Idempotency-Key: It has 1 to {LONGEST_KEY} printable characters.")
    mine = (Answer.shop_id == shop_id, Answer.key == key)
    with engine.begin() as connection:
        connection.execute(delete(Answer).where(Answer.shop_id == shop_id, Answer.at < func.now() - KEPT))
        new = upsert(Answer).values(shop_id=shop_id, key=key, request=request).on_conflict_do_nothing()
        if connection.scalar(new.returning(Answer.key)) is not None:
            return None
        row = connection.execute(select(Answer.__table__).where(*mine).with_for_update()).one()
        if row.request != request:
            raise Problem(422, "This Idempotency-Key was used for another request. Take a new one for each request.")
        if row.status is not None:
            return row
        cut_off = update(Answer).where(*mine, Answer.at < func.now() - CUT_OFF_AFTER).values(at=func.now())
        if whole and connection.execute(cut_off).rowcount:
            return None
    raise Problem(
        409,
        "A request with this Idempotency-Key is under way, or was cut off. Ask again in a few minutes; if it stays so, "
        "look whether it was done before you repeat it with a new key.",
        headers={"Retry-After": "5"},
    )


def keep(connection: Connection, shop_id: int, key: str, status: int, body: str) -> None:
    """What the request under this key was answered."""
    mine = (Answer.shop_id == shop_id, Answer.key == key)
    connection.execute(update(Answer).where(*mine).values(status=status, body=body))


def kept(connection: Connection, shop_id: int, key: str) -> str | None:
    """What the request under this key was answered, where it was."""
    return connection.scalar(select(Answer.body).where(Answer.shop_id == shop_id, Answer.key == key))


def forget(engine: Engine, shop_id: int, key: str) -> None:
    """The request was refused and did nothing: it may be mended and made under the same key."""
    with engine.begin() as connection:
        connection.execute(delete(Answer).where(Answer.shop_id == shop_id, Answer.key == key, Answer.status.is_(None)))
