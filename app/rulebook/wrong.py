"""What can be wrong with what people say about rules."""

from app.refusal import BadValue


class BadRule(BadValue):
    """A rule that cannot be meant; the text names the field and says what it takes."""


class NoSuchTarget(BadRule):
    """The shop has nothing of that name."""


class StaleRule(BadRule):
    """Somebody else changed the rule since it was looked at."""
