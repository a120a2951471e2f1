"""Files for the tests of imports, taken over as the command does."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from sqlalchemy import Engine, func, select

from app.imports import Report, read, rules, supplies
from app.models import Shop
from app.runtime import Runtime
from tests.app.rule_shop import TODAY

HEADER = "reference,sku,warehouse,quantity,eta"


def take_over(
    engine: Engine, shop: Shop, content: str | bytes, name: str = "po.csv", *, dry_run: bool = False, **how: Any
) -> Report:
    """As the command does."""
    given = content.encode() if isinstance(content, str) else content
    table = read(name, given, supplies.COLUMNS, supplies.NEEDED)
    with engine.connect() as connection:
        report = supplies.take_over(
            connection, shop, table, who="dueback command", why="", today=TODAY, agreed=lambda _: not dry_run, **how
        )
        connection.rollback() if dry_run or report.errors else connection.commit()
    return report


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(number, place, value, day)
                else:
                    sheet.write(number, place, value)
    return target.getvalue()


def take_over_rules(runtime: Runtime, shop: Shop, text: str, *, dry_run: bool = False) -> Report:
    table = read("rules.csv", text.encode(), rules.COLUMNS, rules.NEEDED)
    opened: list[str] = []
    with runtime.engine.connect() as connection:
        report = rules.take_over(
            runtime, connection, shop, table, who="dueback command", agreed=lambda _: not dry_run,
            open_pools=opened.extend,
        )  # fmt: skip
        connection.rollback() if dry_run or report.errors else connection.commit()
    assert opened == ([] if dry_run or report.errors else report.pools)
    return report
