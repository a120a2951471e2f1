"""A small catalogue of our own invention to try things on."""

from __future__ import annotations

from .state.people import User
from .state.shop import Shop

STAFF_EMAIL = "admin@example.com"
STAFF_PASSWORD = "admin"  # noqa: S105  everybody's, as in Saleor's own sample data


def first_user(shop: Shop) -> None:
    """Somebody has to be able to log in."""
    if len(shop.users):
        return
    with shop.working():
        shop.add(User(shop.users.next_pk(), STAFF_EMAIL, STAFF_PASSWORD, is_staff=True, first_name="Shop", last_name="Staff"))
