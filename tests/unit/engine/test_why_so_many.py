"""Which limit of the rule closes a variant."""

from dataclasses import replace
from typing import Any

import pytest

from app.engine import plan
from app.engine.limits import Limit, limits
from app.engine.model import Facts, Mode
from tests.unit.engine.builders import BACKORDERS, TODAY, claim, day, facts, supply

ROOMY = replace(BACKORDERS, cap=None, open_at="always")


def found(known: Facts) -> list[Limit]:
    return limits(known, known.pools[0], TODAY)


@pytest.mark.parametrize(
    ("field", "value", "room"),
    [
        ("open_at", 2, 0),
        ("cap", 2, 0),
        ("cap", 9, 6),
        ("cap", "incoming", 1),
        ("horizon_days", 3, 0),
        ("horizon_days", 5, 1),
        ("require_date", True, 1),
        ("units_per_order", 4, 4),
    ],
)
def test_each_limit_is_tried_alone(field: str, value: Any, room: int) -> None:
    """3 units are owed to an order that no stock serves, and one of the 4 that come in 4 days is nobody's."""
    on_hand = {"A": 3} if field == "open_at" else {}
    waiting = [] if field == "open_at" else [claim(1, 3)]
    rule = replace(ROOMY, **{field: value})
    known = facts(waiting, on_hand=on_hand, supplies=[supply("s", 4, day(4))], rules={"P": rule})
    assert found(known) == [Limit(field, value, room)]
    assert plan(known, TODAY).pools[0].headroom == room


def test_the_narrowest_limit_comes_first() -> None:
    rule = replace(ROOMY, cap=9, units_per_order=4)
    assert [limit.field for limit in found(facts(rules={"P": rule}))] == ["units_per_order", "cap"]


def test_a_rule_that_is_off_has_no_limits() -> None:
    assert not found(facts(rules={"P": replace(BACKORDERS, mode=Mode.OFF)}))
