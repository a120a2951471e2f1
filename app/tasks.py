"""The jobs, on Procrastinate: one loop per shop, a sweep on a schedule, and a look-after that nothing stays behind.

Marks say what is to be done; a job only says that somebody should look. So a lost or failed job costs time, never work,
and the queue retries none: a retry would go back to waiting, where a younger job with the same queueing lock may be.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from sqlalchemy import text

from app import burst, marks, reconcile, sweep
from app.imports import uploads
from app.platforms import ShopError
from app.runtime import Runtime

log = structlog.get_logger()

HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 15.0
# A job that waits for its shop's lock is announced by nobody when the lock is free.
POLL_SECONDS = 0.5
# Every ten seconds: in this dialect the seconds come last.
LOOK_AFTER = "* * * * * */10"

queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


@contextlib.contextmanager
def open_queue(url: str) -> Iterator[None]:
    """Let this process ask for jobs."""
    with (
        queue.replace_connector(procrastinate.SyncPsycopgConnector(conninfo=url, min_size=1, max_size=4)),
        queue.open(),
    ):
        yield


def run_worker(runtime: Runtime, url: str, *, concurrency: int = 4) -> None:
    """Work until told to stop. Jobs of different shops run side by side, those of one shop one after another."""
    with queue.replace_connector(procrastinate.PsycopgConnector(conninfo=url)):
        queue.run_worker(
            concurrency=concurrency,
            delete_jobs="successful",
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            additional_context={"runtime": runtime},
        )


def wake(shop_id: int) -> None:
    """Ask that somebody looks at the shop's marks. Only after the marks are committed: see DESIGN.md section 4."""
    _ask(reconcile_shop, f"reconcile:{shop_id}", shop_id=shop_id)


def try_to_wake(shop_id: int) -> None:
    """The same, for those who are done whether it works or not: the periodic look-after sees the marks."""
    try:
        wake(shop_id)
    except Exception:
        log.exception("not woken", shop=shop_id)


def ask_sweep(shop_id: int) -> None:
    """Ask for a sweep of the shop, unless one is waiting already."""
    _ask(sweep_shop, f"sweep:{shop_id}", shop_id=shop_id)


def ask_import(shop_id: int, upload_id: int) -> None:
    """Ask that somebody works on an upload. Only after it is committed; those of a shop come one after another."""
    _ask(import_file, f"import:{shop_id}", f"import:{shop_id}:{upload_id}", shop_id=shop_id, upload_id=upload_id)


def _ask(task: Any, lock: str, queueing_lock: str | None = None, **arguments: Any) -> None:
    queueing_lock = queueing_lock or lock
    waiting = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %(lock)s AND status = 'todo' LIMIT 1"
    if queue.connector.get_sync_connector().execute_query_all(waiting, lock=queueing_lock):
        return
    with contextlib.suppress(AlreadyEnqueued):
        task.configure(lock=lock, queueing_lock=queueing_lock).defer(**arguments)


def _runtime(context: procrastinate.JobContext) -> Runtime:
    runtime: Runtime = context.additional_context["runtime"]
    return runtime


@queue.task(name="reconcile", pass_context=True)
def reconcile_shop(context: procrastinate.JobContext, *, shop_id: int) -> None:
    """Work on what is marked, once the webhooks that come together are in."""
    time.sleep(burst.SETTLE_SECONDS)
    reconcile.run(_runtime(context), shop_id)


@queue.task(name="sweep", pass_context=True)
def sweep_shop(context: procrastinate.JobContext, *, shop_id: int) -> None:
    """Sweep a shop. One that cannot be swept is tried again in a few minutes."""
    runtime = _runtime(context)
    try:
        sweep.run(runtime, shop_id)
    except ShopError as wrong:
        log.warning("sweep failed", shop=shop_id, reason=str(wrong), code=wrong.code)
        sweep.try_again_soon(runtime, shop_id, datetime.now(UTC))
    wake(shop_id)


@queue.task(name="import_file", pass_context=True)
def import_file(context: procrastinate.JobContext, *, shop_id: int, upload_id: int) -> None:
    """Look through a file that staff sent, or take it over once they said yes."""
    uploads.work(_runtime(context), shop_id, upload_id)
    wake(shop_id)


@queue.periodic(cron=LOOK_AFTER)
@queue.task(name="free_stalled", queueing_lock="free_stalled")
async def free_stalled(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate passes it
    """Give up the jobs of dead workers. Their marks are still set, and whoever looks after the shops asks anew."""
    for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        log.warning("job of a dead worker", task=job.task_name, job=job.id)
        await queue.job_manager.finish_job(job, Status.FAILED, delete_job=True)


@queue.periodic(cron=LOOK_AFTER)
@queue.task(name="look_after", pass_context=True, queueing_lock="look_after")
def look_after(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - Procrastinate passes it
    """Wake shops whose marks nobody looks at, and start what the clock has made due."""
    runtime, now = _runtime(context), datetime.now(UTC)
    with runtime.engine.begin() as connection:
        marks.mark_revisits(connection, now)
        forgotten = marks.shops_to_wake(connection)
        overdue = sweep.overdue(connection, now, runtime.config.sweep_minutes)
        broken_off = uploads.forgotten(connection, now)
    for shop_id in forgotten:
        wake(shop_id)
    for shop_id in overdue:
        ask_sweep(shop_id)
    for shop_id, upload_id in broken_off:
        ask_import(shop_id, upload_id)


def busy(connection: Any, shop_id: int) -> bool:
    """Whether any job of the shop waits or runs."""
    query = text("SELECT 1 FROM procrastinate_jobs WHERE lock IN (:a, :b) AND status IN ('todo', 'doing') LIMIT 1")
    return connection.execute(query, {"a": f"reconcile:{shop_id}", "b": f"sweep:{shop_id}"}).first() is not None
