"""How much memory the processes take with a hundred thousand variants in the book, and how much time when idle.

They are put into the book only, beside those of the sandbox: the shop knows nothing of them, and those the worker comes
to are forgotten. The worker is measured after it was told to look at all and has worked on a part of them; the web
process after everything that was measured before. Counted is the most a
process ever held (VmHWM), of granian the process that does the work. Idle time is that of both sides together, with
the sandbox quiet, as a share of one processor.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from app import marks, tasks
from bench import stage
from bench.figure import Figure, at_most
from bench.stage import Scene

VARIANTS = 100_000
WORKED_ON = 10_000
IDLE_SECONDS = 20
WEB_MEGABYTES = 150
WORKER_MEGABYTES = 200
IDLE_PERCENT = 1
TICKS_IN_A_SECOND = 100

GROW = """
INSERT INTO variants
    (shop_id, id, sku, name, product_id, product_name, product_type_id, listed_in, tracked, observed_at)
SELECT :shop, encode(convert_to('ProductVariant:' || 1000000 + n, 'UTF8'), 'base64'), 'BOOK-' || n, 'Variant ' || n,
       'Product:' || n / 10, 'Product ' || n / 10, 'Type:1', '["Channel:1"]', true, now()
FROM generate_series(1, :variants) AS n
"""
GROW_STOCKS = """
INSERT INTO stocks (shop_id, variant_id, warehouse_id, quantity, allocated, changed_at)
SELECT shop_id, id, 'Warehouse:' || w, 7, 2, now() FROM variants, generate_series(1, 2) AS w
WHERE shop_id = :shop AND sku LIKE 'BOOK-%'
"""


def figures(scene: Scene) -> Iterator[Figure]:
    with scene.worker() as worker:
        _grow(scene)
        _let_work(scene)
        yield at_most("web_megabytes", _most_megabytes(scene.web), WEB_MEGABYTES)
        yield at_most("worker_megabytes", _most_megabytes(worker), WORKER_MEGABYTES)
        before, began = _seconds_of_cpu(scene.web, worker), time.monotonic()
        time.sleep(IDLE_SECONDS)
        used = _seconds_of_cpu(scene.web, worker) - before
        yield at_most("idle_cpu_percent", 100 * used / (time.monotonic() - began), IDLE_PERCENT)


def _grow(scene: Scene) -> None:
    values = {"shop": scene.app.shop().id, "variants": VARIANTS}
    with scene.app.runtime.engine.begin() as connection:
        connection.execute(text(GROW), values)
        connection.execute(text(GROW_STOCKS), values)


def _let_work(scene: Scene) -> None:
    """Mark everything, wake the worker, and call it off when it has worked on a part."""
    shop, engine = scene.app.shop(), scene.app.runtime.engine
    with engine.begin() as connection:
        marks.mark_every_variant(connection, shop.id)
    with tasks.open_queue(scene.app.database_url):
        tasks.wake(shop.id)

    def left() -> int:
        with engine.connect() as connection:
            return marks.pending(connection, shop.id)

    stage.wait_for(lambda: left() <= VARIANTS + scene.variants - WORKED_ON, "the worker to work", 0.5)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM marks"))
    stage.wait_for(scene.is_idle, "the worker to end", 0.1)


def _most_megabytes(process: int) -> float:
    return max(_status(found, "VmHWM") for found in _family(process)) / 1024


def _seconds_of_cpu(*processes: int) -> float:
    ticks = 0
    for found in (found for process in processes for found in _family(process)):
        after_the_name = Path(f"/proc/{found}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_the_name[11]) + int(after_the_name[12])
    return ticks / TICKS_IN_A_SECOND


def _family(process: int) -> list[int]:
    """The process and those it started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(found for child in children for found in _family(int(child)))]


def _status(process: int, name: str) -> int:
    """A line of the process's status, in kilobytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
