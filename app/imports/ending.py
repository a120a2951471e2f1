"""How an import ends: all of it is kept, or nothing."""

from sqlalchemy import Connection

from app.activity import Subject, Thing, tell
from app.imports.report import Report
from app.models import Shop


def end(connection: Connection, shop: Shop, report: Report, *, file: str, who: str, dry_run: bool) -> None:
    """Nothing of a trial, or of a file with anything wrong in it, is kept."""
    if dry_run or report.errors:
        connection.rollback()
        return
    effect = {kind: rows for kind, rows in report.counts.items() if kind != "unchanged" and rows}
    if effect:
        subject = Thing(Subject.SHOP, str(shop.id), shop.name)
        tell(connection, shop.id, who, "file.imported", subject, effect=effect, file=file)
    connection.commit()
