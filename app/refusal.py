"""What cannot be done, and why: exceptions that say it in the language of whoever is told."""

from typing import Any

from flask_babel import LazyString as Text

from app.wording import Said


class Refusal(Exception):
    """Something cannot be done; the text says why and what to do, with `values` in its places: see `Said`.

    Another refusal may be among the values. Where one field of a form or a request is wrong, the text begins with its
    name, as in `quantity: ...`.
    """

    said: Said

    def __init__(self, text: Text | str, /, **values: Any) -> None:
        within = {name: value.said if isinstance(value, Refusal) else value for name, value in values.items()}
        self.said = Said(text, **within)
        super().__init__(self.said)


class BadValue(Refusal, ValueError):
    """A value that cannot be meant; the text says what it takes."""
