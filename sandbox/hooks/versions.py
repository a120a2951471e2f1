"""``requiredSaleorVersion``: the ranges of npm that manifests are written with."""

from __future__ import annotations

import re

_PART = re.compile(r"(\^|~|>=|<=|>|<|=)?\s*v?(\d+|[x*])(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?")
Version = tuple[int, int, int]


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version such as 3.23.28 lies in a range such as ``>=3.20 <4 || ^2.1``."""
    have = _numbers(version)
    return any(
        all(_fits(have, part) for part in _PART.finditer(choice)) for choice in wanted.split("||") if choice.strip()
    )


def _numbers(version: str) -> Version:
    major, minor, patch = (int(part) for part in re.findall(r"\d+", version)[:3])
    return major, minor, patch


def _fits(have: Version, part: re.Match[str]) -> bool:
    sign = part.group(1) or "="
    given = [int(text) for text in part.groups()[1:] if text and text.isdigit()]
    if not given:
        return True
    low, wanted, same = (*given, 0, 0)[:3], tuple(given), have[: len(given)]
    # A caret reaches up to the next change of the first number that is not zero, a tilde to that of the second.
    fixed = next((index for index, number in enumerate(given) if number), len(given) - 1) + 1
    outcomes = {
        ">=": have >= low,
        ">": same > wanted,
        "<": have < low,
        "<=": same <= wanted,
        "^": have >= low and have[:fixed] == wanted[:fixed],
        "~": have >= low and have[: min(2, len(given))] == wanted[:2],
        "=": same == wanted,
    }
    return outcomes[sign]
