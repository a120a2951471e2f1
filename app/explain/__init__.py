"""Why: in sentences a merchant can repeat to a customer, and as values that programs read."""

from app.explain.names import knows
from app.explain.order import order
from app.explain.variant import NoSuchChannel, variant

__all__ = ["NoSuchChannel", "knows", "order", "variant"]
