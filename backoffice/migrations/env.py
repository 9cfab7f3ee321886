"""Alembic's entry point; the engine is handed in by `backoffice.migrating`."""

from alembic import context

from backoffice import models
from backoffice.database import Base

assert models.__all__  # importing them fills the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
