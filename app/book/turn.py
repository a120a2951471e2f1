"""Whose turn it is, of all lines of a shop: their places, as texts that sort as the queue does.

Such a text says when the order joined the queue, its number, and the line. By first come, first served a line has its
own. Where a policy or a person decides, the lines of a variant share out the places that they have: the first served
gets the first, and so on. So the queues of all variants can be read as one, by one column.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from app.engine.model import Facts, Policy
from app.engine.turns import in_turn
from app.models import Order

DIGITS = 20
AFTER_DIGITS = "~"


def own(queued_at: datetime, number: str, line: str) -> str:
    """The place of a line by first come, first served, as `engine.turns.first_come` has it.

    Numbers of orders sort as numbers, 9 before 10, and before words.
    """
    sorting = f"{int(number):0{DIGITS}}" if number.isdecimal() else f"{AFTER_DIGITS}{number}"
    return f"{queued_at.astimezone(UTC):%Y%m%d%H%M%S%f} {sorting} {line}"


def places(
    connection: Connection, shop_id: int, facts: Sequence[Facts], lines: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """The place that the plans of these facts give to each of the lines."""
    moved = {each.variant: each for each in facts if _is_moved(each)}
    strange = [line for line in lines if line["variant_id"] in moved or not _is_own(line)]
    own_places = _own_places(connection, shop_id, strange) if strange else {}
    shared: dict[str, dict[str, str]] = defaultdict(dict)
    for line in strange:
        if line["variant_id"] in moved and line["open"] > 0:
            shared[line["variant_id"]][line["id"]] = own_places[line["id"]]
    found = {line["id"]: line["turn"] for line in lines} | own_places
    for variant, theirs in shared.items():
        found |= zip(_served(moved[variant], theirs), sorted(theirs.values()), strict=False)
    return found


def _own_places(connection: Connection, shop_id: int, lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    query = select(Order.id, Order.queued_at, Order.number).where(
        Order.shop_id == shop_id, Order.id.in_({line["order_id"] for line in lines})
    )
    orders = {row.id: row for row in connection.execute(query)}
    placed = ((line["id"], orders[line["order_id"]]) for line in lines)
    return {line: own(order.queued_at, order.number, line) for line, order in placed}


def _is_moved(facts: Facts) -> bool:
    pinned = any(claim.pinned for claim in facts.claims)
    return facts.policy is not Policy.FIRST_COME or pinned or bool(facts.exchanges)


def _is_own(line: Mapping[str, Any]) -> bool:
    return bool(line["turn"].endswith(f" {line['id']}"))


def _served(facts: Facts, lines: Collection[str]) -> Iterator[str]:
    """These lines in turn; a line's turn is that of its first units."""
    claims = in_turn(facts.claims, facts.policy, facts.exchanges)
    return iter(dict.fromkeys(claim.line for claim in claims if claim.line in lines))
