"""Whole numbers, as people and programs write them."""

import re
from typing import Any

from flask_babel import lazy_gettext as lazy

from app.faults import A_NUMBER
from app.refusal import BadValue


def whole(value: Any) -> Any:
    """For pydantic to run first: it takes True for 1 and the text "1.000" for 1. Raises BadValue."""
    if isinstance(value, bool):
        raise BadValue(lazy("is a number, not yes or no"))
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value.strip()):
        raise BadValue(A_NUMBER)
    return value
