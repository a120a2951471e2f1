"""For whoever watches over the app: is the process up, can it work, and how far behind is it."""

from collections.abc import Iterator

import structlog
from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from app import migrate
from app.models import Mark, Shop
from app.reconcile import RESTING
from app.runtime import Runtime

log = structlog.get_logger()

views = Blueprint("health", __name__)


@views.get("/healthz")
def healthz() -> Response:
    return Response("The process is up.\n", mimetype="text/plain")


@views.get("/readyz")
def readyz() -> Response:
    """Whether requests can be served: the database answers and has every migration."""
    try:
        with _engine().connect() as connection:
            current = migrate.is_current(connection)
    except SQLAlchemyError:
        return Response("The database does not answer.\n", 503, mimetype="text/plain")
    if not current:
        return Response("The database needs `dueback migrate`.\n", 503, mimetype="text/plain")
    return Response("Ready.\n", mimetype="text/plain")


@views.get("/metrics")
def metrics() -> Response:
    """Counters of this process, and how much waits in the database (the same from every process)."""
    body = generate_latest(REGISTRY)
    try:
        body += generate_latest(_Backlog(_engine()))
    except SQLAlchemyError as wrong:
        log.warning("backlog not known", reason=str(wrong))
    return Response(body, content_type=CONTENT_TYPE_LATEST)


class _Backlog(Collector):
    """What waits to be looked at, in shops that let us work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily]:
        due_since = func.min(Mark.marked_at).filter(Mark.not_before <= func.now())
        age = func.coalesce(func.extract("epoch", func.now() - due_since), 0)
        query = select(func.count(), age).join(Shop, Shop.id == Mark.shop_id).where(Shop.state.not_in(RESTING))
        with self._engine.connect() as connection:
            number, oldest = connection.execute(query).one()
        yield GaugeMetricFamily("dueback_marks", "Marks that are set.", value=number)
        yield GaugeMetricFamily(
            "dueback_oldest_mark_seconds", "Age of the oldest mark that is due.", value=float(oldest)
        )


def _engine() -> Engine:
    runtime: Runtime = current_app.extensions["dueback"]
    return runtime.engine
