"""What Alembic runs: all tables, on the connection that was passed in."""

from typing import Any

from alembic import context

from data_access.migrations.every_table import every_table
from data_access.migrations.render import render_item

connection: Any = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=every_table(),
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
