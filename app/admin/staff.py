"""Who is signed in: a member of a shop's staff, as the dashboard's own token says, for as long as that token holds."""

import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flask import session

STAFF = "signed in"


class May(StrEnum):
    """What a member of staff may do in the shop, by the platform's own names."""

    ORDERS = "MANAGE_ORDERS"
    PRODUCTS = "MANAGE_PRODUCTS"


# What a page asks for: any one of these sets is enough.
Needs = tuple[frozenset[May], ...]
ORDERS: Needs = (frozenset({May.ORDERS}),)
PRODUCTS: Needs = (frozenset({May.PRODUCTS}),)
EITHER: Needs = (*ORDERS, *PRODUCTS)
BOTH: Needs = (frozenset(May),)


@dataclass(frozen=True, slots=True)
class Staff:
    """One person in one shop's dashboard.

    `until` is when the token that said so is not taken any more, in seconds since 1970. `parent` is the dashboard's
    origin, as the token came from there.
    """

    shop_id: int
    email: str
    may: tuple[str, ...]
    until: int
    parent: str

    def allowed(self, needs: Needs) -> bool:
        return any(wanted <= set(self.may) for wanted in needs)


def keep(staff: Staff) -> None:
    """Sign this person in, beside those of other shops whose dashboards share the browser."""
    session[STAFF] = {**_valid(), str(staff.shop_id): asdict(staff)}


def of_shop(shop_id: int) -> Staff | None:
    """Who is signed in for this shop; None where nobody is any more."""
    found = _valid().get(str(shop_id))
    return Staff(**found | {"may": tuple(found["may"])}) if found else None


def shops() -> list[int]:
    """The shops that somebody is signed in for."""
    return [int(shop_id) for shop_id in _valid()]


def parents() -> list[str]:
    """The dashboards that somebody is signed in from."""
    return sorted({staff["parent"] for staff in _valid().values()})


def _valid() -> dict[str, dict[str, Any]]:
    now = time.time()
    return {shop_id: staff for shop_id, staff in session.get(STAFF, {}).items() if staff["until"] > now}
