"""Files that staff sent through the desk: looked through, shown, and taken over once somebody says yes.

The work is done by a job, so that no request waits for it. It is all or nothing in one transaction that also notes its
own end: begun twice, it is done once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, case, delete, insert, select, text, update

from app import clock, pooling, wording
from app.imports import rules, supplies
from app.imports.ending import end
from app.imports.limits import BadFile
from app.imports.report import Agreed, Progress, Report, Told
from app.imports.table import Table, read
from app.models import Shop, Upload
from app.platforms import ShopError
from app.pools import CannotOpen
from app.refusal import BadValue
from app.runtime import Runtime
from app.wording import Said

log = structlog.get_logger()

KEPT_FOR = timedelta(hours=1)
MOST_ATTEMPTS = 3
LONGEST_NAME = 100
UNDER_WAY = ("checking", "keeping")
BROKE_OFF = lazy(
    "The work broke off {count} times. Nothing was kept. Split the file, or tell whoever runs Dueback for you."
)
ON_OUR_SIDE = lazy("Something went wrong on our side. Nothing was kept.")
NO_LONGER = lazy("What the file would do has changed since you looked. Nothing was kept: look again.")
NOT_ASKED = lazy("The shop could not be asked, and nothing was kept: {reason}")
NOT_KEPT = lazy("Nothing was kept: {reason}")

Kept = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What files of one kind hold. `out` gives the rows there are now, in the columns that `take_over` reads."""

    columns: Sequence[str]
    needed: Sequence[str]
    take_over: Callable[[Runtime, Connection, Shop, Table, Kept, date, Progress], Report]
    out: Callable[[Connection, Shop, date], Iterator[Sequence[Any]]]


def _supplies(
    _runtime: Runtime, connection: Connection, shop: Shop, table: Table, upload: Kept, today: date, progress: Progress
) -> Report:
    return supplies.take_over(
        connection, shop, table, who=_who(upload), why=upload.why, today=today, agreed=_agreed(upload),
        progress=progress,
    )  # fmt: skip


def _rules(
    runtime: Runtime, connection: Connection, shop: Shop, table: Table, upload: Kept, _today: date, progress: Progress
) -> Report:
    who = _who(upload)

    def open_pools(channels: Sequence[str]) -> None:
        """Whoever said yes to the file was told of them, and of what that changes."""
        pooling.open_pools(runtime, shop, [[channel] for channel in channels], who=who, agreed=True)

    return rules.take_over(
        runtime, connection, shop, table, who=who, agreed=_agreed(upload), open_pools=open_pools, progress=progress
    )


KINDS: Mapping[str, Kind] = {
    "supplies": Kind(supplies.COLUMNS, supplies.NEEDED, _supplies, supplies.out),
    "rules": Kind(rules.COLUMNS, rules.NEEDED, _rules, lambda connection, shop, _today: rules.out(connection, shop)),
}


def receive(
    connection: Connection, shop_id: int, kind: str, name: str, content: bytes, *, who: str, why: str = ""
) -> int:
    """Keep a file for an hour. Returns its number; `work` finds out what it would do."""
    printable = "".join(sign for sign in name if sign.isprintable())[-LONGEST_NAME:]
    row = {"shop_id": shop_id, "kind": kind, "name": printable, "content": content, "who": who, "why": why}
    return connection.execute(insert(Upload).values(row).returning(Upload.id)).scalar_one()


def find(connection: Connection, shop_id: int, kind: str, number: int) -> Kept | None:
    """The upload without its content, and while it is under way without its report; None where there is none."""
    columns = [column for column in Upload.__table__.columns if column.name not in {"content", "report"}]
    report = case((Upload.state.not_in(UNDER_WAY), Upload.report)).label("report")
    query = select(*columns, report).where(Upload.shop_id == shop_id, Upload.kind == kind, Upload.id == number)
    return connection.execute(query).first() if 0 < number < 2**63 else None


def confirm(connection: Connection, shop_id: int, number: int) -> bool:
    """Somebody says yes to what they saw. False where there is nothing to say yes to."""
    mine = (Upload.shop_id == shop_id, Upload.id == number, Upload.state == "checked")
    clean = Upload.report["errors"] == text("'[]'::jsonb")
    fresh = {"state": "keeping", "stage": "", "done": 0, "total": 0, "attempts": 0, "wrong": None}
    return connection.execute(update(Upload).where(*mine, clean).values(fresh)).rowcount == 1


def forgotten(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """(shop id, number) of the uploads that are under way and that no job of their shop looks at.

    Those older than an hour are thrown away.
    """
    connection.execute(delete(Upload).where(Upload.at < now - KEPT_FOR, Upload.state.not_in(UNDER_WAY)))
    jobs = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = 'import:' || uploads.shop_id "
        "AND status IN ('todo', 'doing'))"
    )
    query = select(Upload.shop_id, Upload.id).where(Upload.state.in_(UNDER_WAY), jobs)
    return [(row.shop_id, row.id) for row in connection.execute(query)]


def work(runtime: Runtime, shop_id: int, number: int) -> None:
    """Find out what the file would do, or do it where somebody said yes."""
    upload = _begin(runtime, shop_id, number)
    if upload is None:
        return
    try:
        _take_over(runtime, runtime.shop(shop_id), upload)
    except BadFile as wrong:
        _end(runtime, upload, wrong.said)
    except (BadValue, CannotOpen) as wrong:
        # Somebody changed what the file is about between our look at it and our writing it, or the shop cannot have a
        # pool as it is.
        _end(runtime, upload, Said(NOT_KEPT, reason=wrong.said))
    except ShopError as wrong:
        _end(runtime, upload, Said(NOT_ASKED, reason=wrong.said))
    except Exception:
        log.exception("import broke", shop=shop_id, upload=number)
        _end(runtime, upload, Said(ON_OUR_SIDE))


def _begin(runtime: Runtime, shop_id: int, number: int) -> Kept | None:
    """The upload with its content, where there is work to do. What broke off too often is given up."""
    mine = (Upload.shop_id == shop_id, Upload.id == number, Upload.state.in_(UNDER_WAY))
    begun = update(Upload).where(*mine).values(attempts=Upload.attempts + 1).returning(Upload.__table__)
    with runtime.engine.begin() as connection:
        upload = connection.execute(begun).first()
    if upload is not None and upload.attempts > MOST_ATTEMPTS:
        _end(runtime, upload, Said(BROKE_OFF, count=MOST_ATTEMPTS))
        return None
    return upload


def _take_over(runtime: Runtime, shop: Shop, upload: Kept) -> None:
    kind, today = KINDS[upload.kind], clock.today(shop.settings, datetime.now(UTC))
    table = read(upload.name, upload.content, kind.columns, kind.needed)
    with runtime.engine.connect() as connection:
        report = kind.take_over(runtime, connection, shop, table, upload, today, _progress(runtime, upload))
        told = _told(report)
        if upload.state == "keeping" and told == upload.report:
            # Who was taken for dead and another one who began anew do not both keep it.
            if _settle(connection, upload, state="kept", content=b""):
                end(connection, shop, report, file=upload.name, who=upload.who, dry_run=False)
            return
        connection.rollback()
        news = Said(NO_LONGER).kept() if upload.state == "keeping" else None
        _settle(connection, upload, state="checked", report=told, wrong=news)
        connection.commit()


def _end(runtime: Runtime, upload: Kept, wrong: Said) -> None:
    """What was seen once can be said yes to again."""
    with runtime.engine.begin() as connection:
        _settle(connection, upload, state="checked" if upload.state == "keeping" else "failed", wrong=wrong.kept())


def _settle(connection: Connection, upload: Kept, **values: Any) -> bool:
    """Set columns of the upload, unless somebody else has taken up the work since."""
    mine = (Upload.id == upload.id, Upload.state == upload.state, Upload.attempts == upload.attempts)
    return connection.execute(update(Upload).where(*mine).values(values)).rowcount == 1


def _progress(runtime: Runtime, upload: Kept) -> Progress:
    def progress(stage: str, done: int, total: int) -> None:
        with runtime.engine.begin() as connection:
            _settle(connection, upload, stage=stage, done=min(done, total), total=total)

    return progress


def _agreed(upload: Kept) -> Agreed:
    """Somebody said yes to just this."""
    return lambda report: upload.state == "keeping" and _told(report) == upload.report


def _told(report: Report) -> dict[str, Any]:
    """The report as it is kept, the same for the same: see `retold`."""
    effects = [[told.line, told.kind, told.what.kept()] for told in report.effects]
    errors = [[told.line, told.kind, told.what.kept()] for told in report.errors]
    return {
        "counts": dict(report.counts), "pools": report.pools, "effects": effects, "errors": errors,
        "wrong": report.wrong, "wrong_lines": report.wrong_lines, "notes": [note.kept() for note in report.notes],
    }  # fmt: skip


def retold(upload: Kept) -> list[Told]:
    """The kept report in the language of who asks: what is wrong, then what the other rows do."""
    kept = [*upload.report.get("errors", ()), *upload.report.get("effects", ())]
    return [Told(line, kind, wording.meant(what)) for line, kind, what in kept]


def _who(upload: Kept) -> str:
    return f"{upload.who}, file {upload.name}"[:200]
