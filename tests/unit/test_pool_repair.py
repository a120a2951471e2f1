"""Where units that staff shipped from the pool really came from."""

from hypothesis import given
from hypothesis import strategies as st

from app.pool_repair import Shelf, takes


def shelf(warehouse: str, quantity: int, **covering: int) -> Shelf:
    return Shelf(warehouse, quantity, tuple(covering.items()))


def test_what_covered_the_line_goes_first() -> None:
    shelves = [shelf("north", 5, other=2), shelf("south", 4, shipped=3)]
    assert takes("shipped", 3, shelves) == {"south": 3}


def test_free_units_go_before_anybody_elses() -> None:
    shelves = [shelf("north", 2, other=2), shelf("south", 4, other=1)]
    assert takes("shipped", 3, shelves) == {"south": 3}


def test_then_the_youngest_covered_lines_lose_theirs() -> None:
    shelves = [shelf("north", 3, oldest=1, youngest=2)]
    assert takes("shipped", 2, shelves) == {"north": 2}


def test_two_warehouses_that_covered_the_line_both_give() -> None:
    shelves = [shelf("north", 1, shipped=1), shelf("south", 9, shipped=2)]
    assert takes("shipped", 3, shelves) == {"north": 1, "south": 2}


def test_no_warehouse_goes_below_zero() -> None:
    assert takes("shipped", 5, [shelf("north", 2), shelf("south", -3)]) == {"north": 2}


def test_nothing_is_taken_where_nothing_is() -> None:
    assert takes("shipped", 5, [shelf("north", 0)]) == {}


shelves_of_anything = st.lists(
    st.builds(
        Shelf,
        warehouse=st.text("abcdef", min_size=1, max_size=3),
        quantity=st.integers(-5, 20),
        covering=st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 9)), max_size=4).map(tuple),
    ),
    max_size=4,
    unique_by=lambda shelf: shelf.warehouse,
)


@given(shelves_of_anything, st.integers(1, 30))
def test_all_is_taken_that_is_there_and_no_more(shelves: list[Shelf], units: int) -> None:
    taken = takes("x", units, shelves)
    held = {shelf.warehouse: max(0, shelf.quantity) for shelf in shelves}
    assert sum(taken.values()) == min(units, sum(held.values()))
    assert all(0 < share <= held[warehouse] for warehouse, share in taken.items())
