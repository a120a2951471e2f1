"""The tables: marks, the book (what the platform showed us), what merchants told us, and what we still have to say."""

from app.models.activity import Activity
from app.models.catalogue import Channel, Stock, Variant, Warehouse
from app.models.marks import Mark, mark_generation
from app.models.orders import Delivery, Line, Order, PromiseMove, QueueMove
from app.models.rules import Rule, RuleChange
from app.models.shops import Answer, Key, Pause, SavedView, Shop
from app.models.supply import Receipt, StockRise, Supplier, Supply, SupplyChange
from app.models.table import Table
from app.models.trouble import Notice, Overrun, PoolShipment
from app.models.uploads import Upload

__all__ = [
    "Activity",
    "Answer",
    "Channel",
    "Delivery",
    "Key",
    "Line",
    "Mark",
    "Notice",
    "Order",
    "Overrun",
    "Pause",
    "PoolShipment",
    "PromiseMove",
    "QueueMove",
    "Receipt",
    "Rule",
    "RuleChange",
    "SavedView",
    "Shop",
    "Stock",
    "StockRise",
    "Supplier",
    "Supply",
    "SupplyChange",
    "Table",
    "Upload",
    "Variant",
    "Warehouse",
    "mark_generation",
]
