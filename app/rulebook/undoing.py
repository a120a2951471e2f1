"""Taking back one change of a rule: what was there before is put there again, as a new change."""

from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app.engine.rules import Scope
from app.models import RuleChange, Shop
from app.rulebook.kept import Edit, Kept, find, put, remove
from app.rulebook.place import Place
from app.rulebook.wrong import StaleRule


def change(connection: Connection, shop_id: int, number: int) -> Kept | None:
    """The change with this number."""
    query = select(RuleChange.__table__).where(RuleChange.shop_id == shop_id, RuleChange.id == number)
    return connection.execute(query).first()


def place_of(row: Kept) -> Place:
    """Where the rule of a rule's or a change's row holds."""
    return Place(Scope(row.scope), row.target, row.target_name, row.channel_id)


def reversal(connection: Connection, shop_id: int, made: Kept) -> Edit | None:
    """The edit that takes the change back; None: its rule is to be removed. Raises StaleRule where it changed since."""
    place = place_of(made)
    now = find(connection, shop_id, place)
    if (now.fields if now else None) != made.after:
        raise StaleRule(lazy("version: The rule has changed since. What it says now is shown beside."))
    if made.before is None:
        return None
    fields: dict[str, Any] = dict.fromkeys(made.after or {}) | made.before
    return Edit(place, fields, now.version if now else 0)


def undo(connection: Connection, shop: Shop, made: Kept, *, who: str) -> Kept | None:
    """Take the change back. Returns the rule as it is then, None where it is gone. Raises StaleRule."""
    edit = reversal(connection, shop.id, made)
    if edit is not None:
        return put(connection, shop, edit.place, edit.fields, who=who, version=edit.version)
    now = find(connection, shop.id, place_of(made))
    remove(connection, shop, place_of(made), who=who, version=now.version if now else None)
    return None
