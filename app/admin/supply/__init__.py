"""What is on its way, from whom, and what arrived."""

from app.admin.supply import adding, changing, line, listing, month, rises, suppliers
from app.admin.supply.blueprint import views

__all__ = ["adding", "changing", "line", "listing", "month", "rises", "suppliers", "views"]
