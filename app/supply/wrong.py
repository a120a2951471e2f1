"""What can be wrong with what people say about supply."""


class BadSupply(ValueError):
    """Something that cannot be meant; the message names the field and says what it takes."""


class NoSuchSupply(BadSupply):
    """No such supply, supplier, receipt or rise in this shop."""


class ChangedMeanwhile(BadSupply):
    """Somebody else changed the supply since it was looked at."""
