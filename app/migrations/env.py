"""Alembic's entry: run the migrations on the connection that `app.migrate` hands over."""

from alembic import context

from app.models import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
with context.begin_transaction():
    context.run_migrations()
