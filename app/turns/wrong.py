"""What can be wrong with what people decide about turns."""

from flask_babel import lazy_gettext as lazy

from app.refusal import BadValue

LONGEST_WHY = 200

PINNED = lazy("Order {order} is pinned already: {sku}.")
HELD = lazy("Order {order} is on hold already: {sku}.")
NOT_HELD = lazy("Order {order} is not on hold: {sku}.")
WAITS_FOR_NOTHING = lazy("Order {order} waits for no goods, all of it is on hand: {sku}.")
REDATED = lazy("Order {order} was just given another day: {sku}.")
"""Why a decision cannot be made about a line."""


class BadMove(BadValue):
    """A decision that cannot be made; the text names the line and says why."""


def checked(why: str) -> str:
    """The reason a person gave, where it can be kept. Raises BadMove."""
    if len(why) > LONGEST_WHY or "\x00" in why:
        raise BadMove(lazy("why: Say it in {most} characters at most."), most=LONGEST_WHY)
    return why
