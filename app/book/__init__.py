"""The book: our copy of what the shop showed. Only this package knows both its rows and the engine's values."""

from app.book.facts import load_channels, load_facts, load_merged
from app.book.layout import load_layout, one_layout_at_a_time, record_layout
from app.book.orders import record_orders
from app.book.promises import save_plans
from app.book.variants import record_variants

__all__ = [
    "load_channels",
    "load_facts",
    "load_layout",
    "load_merged",
    "one_layout_at_a_time",
    "record_layout",
    "record_orders",
    "record_variants",
    "save_plans",
]
