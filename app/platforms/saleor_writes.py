"""What the loop writes to Saleor: many changes in few requests, several requests at once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from flask_babel import lazy_gettext as lazy

from app.platforms.changes import (
    Change,
    DropMetadata,
    Failure,
    NoteOrder,
    ReportProblem,
    SetMetadata,
    SetStock,
    ShipLine,
)
from app.platforms.combine import combined, field
from app.platforms.saleor_link import Link, refusals

MUTATIONS_PER_REQUEST = 4
REQUESTS_AT_ONCE = 4
STOCKS_PER_REQUEST = 200

# A problem told again within a year is counted beside the first, not shown anew.
YEAR_IN_MINUTES = 365 * 24 * 60

Job = Callable[[], list[Failure]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One mutation, which makes these changes or none of them."""

    mutation: str
    variables: Mapping[str, Any]
    changes: tuple[Change, ...]


class Writes(Link):
    """See `Platform` for what each method promises."""

    def write(self, changes: Sequence[Change]) -> list[Failure]:
        stocks = [change for change in changes if isinstance(change, SetStock) and change.quantity >= 0]
        present = [stock for stock in stocks if stock.exists]
        calls = list(_puts([stock for stock in stocks if not stock.exists]))
        notes: list[Call] = []
        for change in changes:
            match change:
                case NoteOrder():
                    notes.append(_call(change))
                case SetMetadata() | DropMetadata() | ReportProblem():
                    calls.append(_call(change))
        jobs: list[Job] = [partial(self._set_stocks, rows) for rows in _chunks(present, STOCKS_PER_REQUEST)]
        jobs += [partial(self._make, several) for several in _chunks(calls, MUTATIONS_PER_REQUEST)]
        jobs += [partial(self._make, [note], repeatable=False) for note in notes]
        return [*_below_zero(changes), *_several_at_once(jobs)]

    def ship(self, order: str, lines: Sequence[ShipLine], *, exceed: bool, tracking: str, notify: bool) -> list[str]:
        stocks = defaultdict(list)
        for line in lines:
            stocks[line.line].append({"warehouse": line.warehouse, "quantity": line.units})
        wanted = {
            "lines": [{"orderLineId": line, "stocks": places} for line, places in stocks.items()],
            "allowStockToBeExceeded": exceed,
            "trackingNumber": tracking,
            "notifyCustomer": notify,
        }
        payload = self.tell("ship", repeatable=False, order=order, input=wanted)
        return [shipment["id"] for shipment in payload["fulfillments"] or ()]

    def cancel_order(self, order: str) -> None:
        self.tell("cancel_order", repeatable=False, order=order)

    def _set_stocks(self, rows: Sequence[SetStock]) -> list[Failure]:
        """Rows that turn out not to exist are made."""
        stocks = [{"variantId": row.variant, "warehouseId": row.warehouse, "quantity": row.quantity} for row in rows]
        payload = self.tell("set_stocks", repeatable=True, stocks=stocks)
        missing, failures = [], []
        for row, result in zip(rows, payload["results"], strict=True):
            for code, message in refusals(result)[:1]:
                if code == "NOT_FOUND":
                    missing.append(row)
                else:
                    failures.append(Failure(row, message, code))
        for several in _chunks(list(_puts(missing)), MUTATIONS_PER_REQUEST):
            failures += self._make(several)
        return failures

    def _make(self, calls: Sequence[Call], *, repeatable: bool = True) -> list[Failure]:
        """Send the calls in one request. Each stands for itself: one that fails does not stop the others."""
        document, variables = combined([(f"saleor/mutations/{call.mutation}", call.variables) for call in calls])
        answer = self.send(document, variables, repeatable=repeatable)
        broken = {problem.field: problem for problem in answer.problems}
        failures = []
        for number, call in enumerate(calls):
            problem = broken.get(field(number)) or broken.get(None)
            refused = [(problem.code, problem.message)] if problem else refusals(answer.data.get(field(number)))
            for code, message in refused[:1]:
                failures += [Failure(change, message, code) for change in call.changes]
        return failures


def _below_zero(changes: Sequence[Change]) -> Iterator[Failure]:
    """Saleor refuses these too, but as the first row of a bulk write one breaks it off with an internal error."""
    for change in changes:
        if isinstance(change, SetStock) and change.quantity < 0:
            yield Failure(change, lazy("A stock cannot be set below zero."), "INVALID")


def _call(change: SetMetadata | DropMetadata | NoteOrder | ReportProblem) -> Call:
    match change:
        case SetMetadata(target, items):
            entries = [{"key": key, "value": value} for key, value in items.items()]
            return Call("set_metadata", {"id": target, "input": entries}, (change,))
        case DropMetadata(target, keys):
            return Call("drop_metadata", {"id": target, "keys": list(keys)}, (change,))
        case NoteOrder(order, message):
            return Call("note_order", {"order": order, "message": message}, (change,))
        case ReportProblem(key, message):
            told = {"key": key, "message": message, "period": YEAR_IN_MINUTES}
            return Call("report_problem", told, (change,))


def _puts(rows: Sequence[SetStock]) -> Iterator[Call]:
    """One call for each variant: that is what the mutation takes."""
    by_variant = defaultdict(list)
    for row in rows:
        by_variant[row.variant].append(row)
    for variant, stocks in by_variant.items():
        wanted = [{"warehouse": row.warehouse, "quantity": row.quantity} for row in stocks]
        yield Call("put_stocks", {"variant": variant, "stocks": wanted}, tuple(stocks))


def _chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def _several_at_once(jobs: Sequence[Job]) -> list[Failure]:
    """Do the jobs, a few at a time. The first that raises keeps those not yet begun from beginning, and is raised."""
    if len(jobs) <= 1:
        return [failure for job in jobs for failure in job()]
    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
        running = [pool.submit(job) for job in jobs]
        wait(running, return_when=FIRST_EXCEPTION)
        pool.shutdown(cancel_futures=True)
    return [failure for job in running for failure in job.result()]
