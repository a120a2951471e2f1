"""What tests of the pages about supply share."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, select, update

from app import models
from app.supply import lines
from tests.app.rule_shop import TODAY, WHO

CHRISTMAS = date(2026, 12, 24)


def expect(engine: Engine, shop: models.Shop, quantity: int = 5, eta: date = CHRISTMAS, **more: Any) -> int:
    """Cups for Berlin of purchase order PO-1, unless something else is said."""
    given = {"sku": "cup", "warehouse": "berlin", "quantity": quantity, "eta": eta, "reference": "PO-1"} | more
    with engine.begin() as connection:
        return lines.add(connection, shop, given, who=WHO, today=TODAY)


def row(engine: Engine, number: int) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(models.Supply.__table__).where(models.Supply.id == number)).one()


def rename(engine: Engine, name: str, sku: str = "cup") -> None:
    """The product's name, as the shop shows it."""
    with engine.begin() as connection:
        connection.execute(update(models.Variant).where(models.Variant.id == sku).values(product_name=name))


def history(engine: Engine, number: int) -> list[Any]:
    query = select(models.SupplyChange.__table__).where(models.SupplyChange.supply_id == number)
    with engine.connect() as connection:
        return list(connection.execute(query.order_by(models.SupplyChange.id)).all())
