"""Bringing the database to what this version needs: our tables by Alembic, the job queue's by its own schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

# Any number, always the same: processes that start together migrate one after another.
ONE_AT_A_TIME = 4_710_023


def upgrade(engine: Engine) -> None:
    """Migrate to the newest version. Harmless when it is there already, and when several processes do it at once."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        command.upgrade(_alembic(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the database has every migration of this version."""
    head = ScriptDirectory.from_config(_alembic(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
