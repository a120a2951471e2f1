"""What is ready to ship, and shipping it from the warehouses that hold it."""

from app.shipping.leaving import LOOK_SECONDS, NotShipped, Shipped, look_again, ship
from app.shipping.picking import Pick, pick_list
from app.shipping.ready import Filters, Page, ReadyLine, ReadyOrder, Take, orders_of, page

__all__ = [
    "LOOK_SECONDS",
    "Filters",
    "NotShipped",
    "Page",
    "Pick",
    "ReadyLine",
    "ReadyOrder",
    "Shipped",
    "Take",
    "look_again",
    "orders_of",
    "page",
    "pick_list",
    "ship",
]
