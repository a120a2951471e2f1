"""Writes that are repeated under one Idempotency-Key happen once."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.api.problem import Problem
from app.models import Answer

KEPT = timedelta(days=1)
LONGEST_KEY = 200
# Within that time a write has begun its work, and holds its key until it is over; one that has not was cut off.
CUT_OFF_AFTER = timedelta(minutes=2)

Answered = Row[*tuple[Any, ...]]


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What was asked, as a hash."""
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), body])).hexdigest()


def begin(engine: Engine, shop_id: int, key: str, request: str, *, whole: bool) -> Answered:
    """Take the key for this request. `status` and `body` are the kept answer where it was answered already, else None.

    `whole` writes keep their answer in the transaction of their work: where one was cut off nothing happened, and it
    may be made anew. Raises Problem where the key is another request's, or one is under way.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Problem(400, f"Idempotency-Key: It has 1 to {LONGEST_KEY} printable characters.")
    mine = (Answer.shop_id == shop_id, Answer.key == key)
    with engine.begin() as connection:
        connection.execute(delete(Answer).where(Answer.shop_id == shop_id, Answer.at < func.now() - KEPT))
        new = upsert(Answer).values(shop_id=shop_id, key=key, request=request).on_conflict_do_nothing()
        if taken := connection.execute(new.returning(Answer.__table__)).first():
            return taken
        row = connection.execute(select(Answer.__table__).where(*mine)).first()
        if row is not None and row.request != request:
            raise Problem(422, "This Idempotency-Key was used for another request. Take a new one for each request.")
        if row is not None and row.status is not None:
            return row
        # Nobody waits for a write that holds its key: it is under way, however long that takes.
        free = select(Answer.key).where(*mine, Answer.status.is_(None), Answer.at < func.now() - CUT_OFF_AFTER)
        if whole and connection.scalar(free.with_for_update(skip_locked=True)) is not None:
            anew = update(Answer).where(*mine).values(at=func.now()).returning(Answer.__table__)
            return connection.execute(anew).one()
    raise _under_way()


def hold(connection: Connection, taken: Answered) -> None:
    """The work for the request begins in this transaction, and nobody begins it anew before that ends.

    Raises Problem where somebody did already.
    """
    mine = select(Answer.key).where(*_still(taken)).with_for_update()
    if connection.scalar(mine) is None:
        raise _under_way()


def keep(connection: Connection, taken: Answered, status: int, body: str) -> None:
    """What the request that holds its key was answered."""
    connection.execute(update(Answer).where(*_still(taken)).values(status=status, body=body))


def kept(connection: Connection, shop_id: int, key: str) -> str | None:
    """What the request under this key was answered, where it was."""
    return connection.scalar(select(Answer.body).where(Answer.shop_id == shop_id, Answer.key == key))


def forget(engine: Engine, taken: Answered) -> None:
    """The request was refused and did nothing: it may be mended and made under the same key."""
    with engine.begin() as connection:
        connection.execute(delete(Answer).where(*_still(taken)))


def _still(taken: Answered) -> tuple[ColumnElement[bool], ...]:
    """That nobody has answered the request, or begun it anew, since it was taken."""
    mine = (Answer.shop_id == taken.shop_id, Answer.key == taken.key, Answer.at == taken.at)
    return (*mine, Answer.status.is_(None))


def _under_way() -> Problem:
    return Problem(
        409,
        "A request with this Idempotency-Key is under way, or was cut off. Ask again in a few minutes; if it stays so, "
        "look whether it was done before you repeat it with a new key.",
        headers={"Retry-After": "5"},
    )
