"""What can be wrong with what people decide about turns."""

LONGEST_WHY = 200


class BadMove(ValueError):
    """A decision that cannot be made; the message names the line and says why."""


def checked(why: str) -> str:
    """The reason a person gave, where it can be kept. Raises BadMove."""
    if len(why) > LONGEST_WHY or "\x00" in why:
        raise BadMove(f"why: Say it in {LONGEST_WHY} characters at most.")
    return why
