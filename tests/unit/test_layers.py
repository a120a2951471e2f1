"""When the units of an order line joined the queue."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.book.orders import layers_after

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def layer(at: datetime, units: int) -> dict[str, object]:
    return {"at": at.isoformat(), "units": units}


def test_a_new_line_joins_as_a_whole() -> None:
    assert layers_after([], 3, MONDAY) == [layer(MONDAY, 3)]


def test_units_added_later_queue_from_when_they_were_seen() -> None:
    assert layers_after([layer(MONDAY, 3)], 5, TUESDAY) == [layer(MONDAY, 3), layer(TUESDAY, 2)]


def test_units_taken_away_are_the_ones_that_joined_last() -> None:
    assert layers_after([layer(MONDAY, 3), layer(TUESDAY, 2)], 2, TUESDAY) == [layer(MONDAY, 2)]


def test_a_line_seen_again_unchanged_keeps_its_place() -> None:
    layers = [layer(MONDAY, 3), layer(TUESDAY, 2)]
    assert layers_after(layers, 5, TUESDAY + timedelta(days=1)) == layers


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=8))
def test_layers_always_add_up_to_what_was_ordered(quantities: list[int]) -> None:
    layers: list[dict[str, object]] = []
    for day, quantity in enumerate(quantities):
        layers = layers_after(layers, quantity, MONDAY + timedelta(days=day))
        assert sum(int(str(layer["units"])) for layer in layers) == quantity
        assert layers == sorted(layers, key=lambda layer: str(layer["at"]))
