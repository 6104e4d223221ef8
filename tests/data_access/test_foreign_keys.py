"""A foreign key can be looked up from its parent: without an index the database reads the whole table to check it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, Table, UniqueConstraint

from data_access.migrations.every_table import every_table

NEVER_DELETED = "The rows it names are never deleted, so nobody looks from them to these."
UNINDEXED = {
    "bulk_runs.acts_id": NEVER_DELETED,
    "bulk_runs.person_id": NEVER_DELETED,
    "export_files.reseller_id": NEVER_DELETED,
    "card_payments.method_id": NEVER_DELETED,
    "change.personal_id": NEVER_DELETED,
    "command_log.person_id": NEVER_DELETED,
    "invoice_requests.invoice_id": NEVER_DELETED,
    "invoices.policy_id": NEVER_DELETED,
    "messages.webhook_id": NEVER_DELETED,
    "abbreviated_numbers.customer_id": NEVER_DELETED,
    "account_features.account_id": NEVER_DELETED,
    "custom_fields_of_classes.customer_class_id": NEVER_DELETED,
    "measured_services.customer_id": NEVER_DELETED,
    "override_tariffs.customer_id": NEVER_DELETED,
    "people.reseller_id": NEVER_DELETED,
    "rates.tariff_id": NEVER_DELETED,
    "saved_views.owner_id": NEVER_DELETED,
    "view_readers.view_id": NEVER_DELETED,
    "list_habits.view_id": NEVER_DELETED,
}


def leading(table: Table) -> Iterator[str]:
    """The columns that an index of this table begins with: a key and a uniqueness bring one."""
    for index in table.indexes:
        first, where = next(iter(index.expressions)), index.dialect_options["sqlite"]["where"]
        if isinstance(first, Column) and (where is None or str(where) == f"{first.name} IS NOT NULL"):
            yield first.name
    yield table.primary_key.columns[0].name
    yield from (c.columns[0].name for c in table.constraints if isinstance(c, UniqueConstraint))


def unindexed(metadata: MetaData) -> Iterator[ForeignKeyConstraint]:
    for table in metadata.tables.values():
        indexed = set(leading(table))
        yield from (key for key in table.foreign_key_constraints if key.columns[0].name not in indexed)


def name(key: ForeignKeyConstraint) -> str:
    return f"{key.table.name}.{key.columns[0].name}"


def test_every_foreign_key_leads_an_index_or_says_why_not():
    assert {name(key) for key in unindexed(every_table())} == UNINDEXED.keys()


def test_a_foreign_key_that_is_checked_late_always_leads_an_index():
    assert not [name(key) for key in unindexed(every_table()) if key.deferrable]


@pytest.mark.parametrize("where", [None, "parent_id > 5"])
def test_an_index_that_does_not_begin_with_the_key_or_leaves_rows_out_is_seen(where):
    metadata = MetaData()
    Table("parents", metadata, Column("id", Integer, primary_key=True))
    child = Table(
        "children", metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("parents.id"))
    )
    columns = [child.c.parent_id] if where else [child.c.id, child.c.parent_id]
    Index("ix", *columns, sqlite_where=where)
    assert [name(key) for key in unindexed(metadata)] == ["children.parent_id"]
