"""How fields are read from the rows; those that are a row's attribute of the same name need no word."""

from . import (  # noqa: F401  they register themselves
    apps,
    catalogue,
    checkouts,
    events,
    extensions,
    meta,
    money,
    orders,
    places,
    shop,
)
