"""How planning grows with the queue, and how long a whole shop's plans take beside the least there is to do.

The exponent is the slope of the time over the number of claims, both as logarithms: one is linear, and n log n comes to
about 1.1 from a hundred to a hundred thousand.

The floor has every row in memory before the clock starts: it sorts them all and takes units from what is on hand and
from supply, nothing else. Ours reads from the book, in two processes that share the variants, and makes whole plans.
"""

import math
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from app.engine import plan
from app.engine.model import Channel, Claim, Facts, Mode, Pool, Supply, Terms
from bench.book import CLAIMS, VARIANTS, filled
from bench.figure import Figure, at_most

SIZES = (100, 1_000, 10_000, 100_000)
SUPPLIES = 50
STEEPEST = 1.25
TODAY = date(2026, 11, 23)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

PROCESSES = 2
TIMES_THE_FLOOR = 5
MOST_GROWTH = 1.1


def figures(server: str) -> Iterator[Figure]:
    yield at_most("plan_exponent", _exponent(), STEEPEST)
    with filled(server) as url:
        took, growth = _replan(url)
        floor = _floor(url)
    yield Figure("replan_seconds", f"{took:.1f}", f"floor:{floor:.1f}", ok=True)
    yield at_most("replan_to_floor", took / floor, TIMES_THE_FLOOR)
    yield at_most("replan_memory_growth", growth, MOST_GROWTH)


def _exponent() -> float:
    """By least squares over the sizes; of each size the best of three, which is what the work itself takes."""
    plan(_facts(SIZES[0]), TODAY)
    points = [(math.log(size), math.log(min(_seconds(_facts(size)) for _ in range(3)))) for size in SIZES]
    middle_x, middle_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    above = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return float(above / sum((x - middle_x) ** 2 for x, _ in points))


def _seconds(facts: Facts) -> float:
    began = time.perf_counter()
    plan(facts, TODAY)
    return time.perf_counter() - began


def _facts(claims: int) -> Facts:
    """So many orders of one unit, and supply for half of them."""
    each = max(1, claims // (2 * SUPPLIES))
    return Facts(
        variant="mug",
        channels=(Channel("web", "web", ("A", "B"), "P"),),
        pools=(Pool("P", Terms(Mode.BACKORDER, cap=None, lead_days=14)),),
        supplies=tuple(Supply(str(n), "AB"[n % 2], each, TODAY + timedelta(days=n)) for n in range(SUPPLIES)),
        claims=tuple(
            Claim(f"line-{n}", "web", BEGINNING + timedelta(minutes=n * 7919 % claims), str(n), 1)
            for n in range(claims)
        ),
    )


def _replan(url: str) -> tuple[float, float]:
    """Seconds for all plans, and how much the memory of a process grew on the way."""
    commands = ([sys.executable, "-m", "bench.replan", url, str(n), str(PROCESSES)] for n in range(PROCESSES))
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands
    ]
    for worker in workers:
        _line(worker)
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [_line(worker).split() for worker in workers]
    took = time.perf_counter() - began
    for worker in workers:
        worker.communicate()
    planned = sum(int(claims) for claims, _ in answers)
    if planned != CLAIMS:
        raise RuntimeError(f"{planned} of {CLAIMS} claims were planned.")
    return took, max(float(growth) for _, growth in answers)


def _line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError("A process that plans ended too early.")
    return line


def _floor(url: str) -> float:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT variant_id, queued_at, number::int, lines.id, open FROM lines"
            " JOIN orders ON orders.shop_id = lines.shop_id AND orders.id = order_id WHERE open > 0"
        ).fetchall()
        on_hand = dict[Any, Any](
            connection.execute(
                "SELECT variant_id, sum(quantity)::int FROM stocks WHERE warehouse_id <> 'P' GROUP BY 1"
            ).fetchall()
        )
        coming = defaultdict(list)
        for variant, units, eta in connection.execute(
            "SELECT variant_id, quantity, eta FROM supplies ORDER BY eta, id"
        ):
            coming[variant].append([units, eta])
    if len(rows) != CLAIMS or len(on_hand) != VARIANTS:
        raise RuntimeError("The book does not hold what was put in.")
    return _sort_and_take(rows, on_hand, coming)


def _sort_and_take(rows: list[Any], on_hand: dict[str, int], coming: Mapping[str, list[list[Any]]]) -> float:
    began = time.perf_counter()
    rows.sort()
    answers = []
    for variant, _, _, line, units in rows:
        ready = min(units, on_hand[variant])
        on_hand[variant] -= ready
        left, due = units - ready, None
        for lot in coming[variant] if left else ():
            taken = min(left, lot[0])
            lot[0] -= taken
            left -= taken
            due = lot[1] if taken else due
        answers.append((line, ready, units - ready, due))
    return time.perf_counter() - began
