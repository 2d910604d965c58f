"""What Alembic runs: the migrations that are missing, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from engine.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
