"""The holidays of countries, as business days leave them out."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache

# The library is loaded when the first rule counts business days of a country, not before.

# The longest lead time, two years of business days, takes less than three. What was ordered before that is overdue.
YEARS_BACK = 3
YEARS_AHEAD = 3


def is_known(country: str) -> bool:
    """Whether there are holidays for the country, DE, or the part of one, DE-BY."""
    import holidays  # noqa: PLC0415 - see above

    name, _, part = country.partition("-")
    parts = holidays.list_supported_countries(include_aliases=False).get(name)
    return parts is not None and country == (f"{name}-{part}" if part else name) and (not part or part in parts)


def around(countries: Collection[str], today: date) -> dict[str, frozenset[date]]:
    """The holidays of each country, three years back and ahead. One the library does not know has none."""
    return {country: _of(country, today.year - YEARS_BACK, today.year + YEARS_AHEAD) for country in countries}


@lru_cache(maxsize=256)
def _of(country: str, first: int, last: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - see above

    name, _, part = country.partition("-")
    try:
        return frozenset(holidays.country_holidays(name, subdiv=part or None, years=range(first, last + 1)))
    except NotImplementedError:
        return frozenset()
