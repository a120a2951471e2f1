"""How fields are read from the rows; those that are a row's attribute of the same name need no word."""

from . import apps, catalogue, checkouts, events, meta, money, orders, places, shop  # noqa: F401  they register themselves
