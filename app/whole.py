"""Whole numbers, as people and programs write them."""

import re
from typing import Any


def whole(value: Any) -> Any:
    """For pydantic to run first: it takes True for 1 and the text "1.000" for 1. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError("is a number, not yes or no")  # noqa: TRY004 - pydantic reports only ValueError
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value.strip()):
        raise ValueError("should be a whole number, without points and commas, like 1000")
    return value
