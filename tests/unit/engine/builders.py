"""Short ways to say what a test is about. Warehouses A, B, C are real; P and Q are pools."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from app.engine.answer import Piece, Plan, Source
from app.engine.model import Channel, Claim, Facts, Mode, Pool, Stock, Supply, Terms

TODAY = date(2026, 11, 23)
OPENING = datetime(2026, 11, 23, 0, tzinfo=UTC)

WEB = Channel("web", "web", ("A",), pool="P")
BACKORDERS = Terms(Mode.BACKORDER, cap=20)


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def claim(
    number: int,
    units: int,
    channel: str = "web",
    *,
    on: Mapping[str, int] | None = None,
    approving: int = 0,
    layer: int = 0,
) -> Claim:
    """The only line of order `number`; orders came in by number. `on`: where the shop allocated its units."""
    return Claim(
        line=f"line-{number}",
        channel=channel,
        queued_at=OPENING + timedelta(minutes=number),
        number=str(number),
        quantity=units,
        approving=approving,
        allocations=tuple((on or {}).items()),
        layer=layer,
    )


def supply(name: str, units: int, eta: date, warehouse: str = "A") -> Supply:
    return Supply(name, warehouse, units, eta, reference=f"PO-{name}")


def facts(
    claims: Iterable[Claim] = (),
    *,
    on_hand: Mapping[str, int] | None = None,
    allocated: Mapping[str, int] | None = None,
    supplies: Iterable[Supply] = (),
    channels: tuple[Channel, ...] = (WEB,),
    rules: Mapping[str, Terms] | None = None,
    tracked: bool = True,
) -> Facts:
    """One variant. `rules` has the terms of each pool; allocated units are those of the claims unless given."""
    claims, on_hand = tuple(claims), on_hand or {}
    shown = {**allocations_of(claims), **(allocated or {})}
    return Facts(
        variant="mug",
        stocks=tuple(Stock(place, on_hand.get(place, 0), shown.get(place, 0)) for place in sorted({*on_hand, *shown})),
        channels=channels,
        pools=tuple(Pool(place, terms) for place, terms in ({"P": BACKORDERS} if rules is None else rules).items()),
        supplies=tuple(supplies),
        claims=claims,
        tracked=tracked,
    )


def allocations_of(claims: Iterable[Claim]) -> dict[str, int]:
    """Units allocated at each warehouse for these claims."""
    units: dict[str, int] = {}
    for place, allocated in (pair for claim in claims for pair in claim.allocations):
        units[place] = units.get(place, 0) + allocated
    return units


def on_hand(units: int, warehouse: str = "A") -> Piece:
    return Piece(units, Source.ON_HAND, warehouse)


def coming(units: int, name: str, eta: date, warehouse: str = "A") -> Piece:
    return Piece(units, Source.SUPPLY, warehouse, name, eta)


def ordered_in(units: int, due: date) -> Piece:
    return Piece(units, Source.LEAD_TIME, expected=due)


def undated(units: int) -> Piece:
    return Piece(units, Source.UNKNOWN)


def pieces(plan: Plan) -> dict[str, list[Piece]]:
    """What each order gets, by its number."""
    return {promise.claim.number: list(promise.pieces) for promise in plan.promises}


def units(plan: Plan) -> dict[str, tuple[int, int]]:
    """Ready and waiting units of each order, by its number."""
    return {promise.claim.number: (promise.ready, promise.waiting) for promise in plan.promises}
