"""What can be wrong with what people say about supply."""

from flask_babel import lazy_gettext as lazy

from app.refusal import BadValue

NOTHING_TO_COME = lazy("supply: {supply} is {state}, so nothing of it is to come.")


class BadSupply(BadValue):
    """Something that cannot be meant; the text names the field and says what it takes."""


class NoSuchSupply(BadSupply):
    """No such supply, supplier, receipt or rise in this shop."""


class ChangedMeanwhile(BadSupply):
    """Somebody else changed the supply since it was looked at."""
