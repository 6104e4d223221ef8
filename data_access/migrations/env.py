"""What Alembic runs: the tables of all areas, on the connection that was handed in."""

from typing import Any

from alembic import context

from data_access.migrations.render import render_item
from data_access.models import (
    bulk,
    cards,
    collection,
    customers,
    history,
    jobs,
    money,
    outbox,
    people,
    quotas,
    services,
)
from data_access.models.base import Base
from data_access.models.card import additional, self_care, service_configuration
from data_access.models.classes import customer_classes
from data_access.models.plans import discounts, wallets
from data_access.models.usage import measuring, tariffs

AREAS = (
    additional,
    bulk,
    cards,
    collection,
    customer_classes,
    customers,
    discounts,
    history,
    measuring,
    money,
    outbox,
    people,
    quotas,
    self_care,
    service_configuration,
    jobs,
    services,
    tariffs,
    wallets,
)  # importing an area declares its tables

connection: Any = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
