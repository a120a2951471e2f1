"""The migrations end where the models begin."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from app.models import Table


def test_the_migrations_make_the_tables_the_models_describe(engine: Engine) -> None:
    def ours(_object: object, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
        return kind != "table" or name in Table.metadata.tables

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, Table.metadata) == []
