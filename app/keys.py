"""Keys of the JSON API: one shop each, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from app.activity import Subject, Thing, tell
from app.models import Key
from app.refusal import BadValue

SCOPES = ("read", "supply", "rules", "queue")
MOST_PER_MINUTE = 60_000
LONGEST_NAME = 100
BEGIN = "dueback_"
SHOWN = len(BEGIN) + 6
SEEN_EVERY = timedelta(minutes=1)


class BadKey(BadValue):
    """A key that cannot be made or revoked; the message says why."""


def add(connection: Connection, shop_id: int, name: str, scopes: Collection[str], per_minute: int, *, who: str) -> str:
    """Make a key. Returns it: nobody can read it again. Raises BadKey."""
    if not name.strip() or len(name) > LONGEST_NAME or "\x00" in name:
        raise BadKey(lazy("name: A key's name has 1 to {most} characters."), most=LONGEST_NAME)
    if unknown := set(scopes) - set(SCOPES):
        known = ", ".join(SCOPES)
        raise BadKey(lazy("scope: {given} is none of {known}."), given=", ".join(sorted(unknown)), known=known)
    if not scopes:
        raise BadKey(lazy("scope: A key may do something: {known}."), known=", ".join(SCOPES))
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise BadKey(lazy("per_minute: {given} is not between 1 and {most}."), given=per_minute, most=MOST_PER_MINUTE)
    key = BEGIN + secrets.token_urlsafe(32)
    row = {
        "shop_id": shop_id,
        "name": name.strip(),
        "prefix": key[:SHOWN],
        "hash": _hash(key),
        "scopes": [scope for scope in SCOPES if scope in scopes],
        "per_minute": per_minute,
    }
    number = connection.execute(insert(Key).values(row).returning(Key.id)).scalar_one()
    subject = Thing(Subject.KEY, str(number), name.strip())
    tell(connection, shop_id, who, "key.made", subject, name=subject.name, scopes=row["scopes"], per_minute=per_minute)
    return key


def find(connection: Connection, key: str) -> Row[*tuple[Any, ...]] | None:
    """The row of a key that holds; when it was last used is kept to the minute."""
    row = connection.execute(select(Key.__table__).where(Key.hash == _hash(key), Key.revoked_at.is_(None))).first()
    if row is not None:
        long_ago = or_(Key.used_at.is_(None), Key.used_at < func.now() - SEEN_EVERY)
        connection.execute(update(Key).where(Key.id == row.id, long_ago).values(used_at=func.now()))
    return row


def rows(connection: Connection, shop_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The shop's keys, oldest first, revoked ones too."""
    return connection.execute(select(Key.__table__).where(Key.shop_id == shop_id).order_by(Key.id)).all()


def revoke(connection: Connection, shop_id: int, number: int, *, who: str) -> None:
    """End a key for good. Raises BadKey."""
    mine = (Key.shop_id == shop_id, Key.id == number, Key.revoked_at.is_(None))
    ended = update(Key).where(*mine).values(revoked_at=datetime.now(UTC)).returning(Key.name)
    name = connection.scalar(ended) if 0 < number < 2**63 else None
    if name is None:
        raise BadKey(lazy("There is no key {key} that holds. `dueback key list` shows them."), key=str(number))
    tell(connection, shop_id, who, "key.revoked", Thing(Subject.KEY, str(number), name), name=name)


def _hash(key: str) -> str:
    """A key has 256 random bits: no guess gets near it, so a fast hash is as safe here as a slow one."""
    return hashlib.sha256(key.encode()).hexdigest()
