"""The triggers that note whose forecast is outdated: whatever it follows from leaves a row as it changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

STATUS = (
    "bill_status", "blocked", "suspension_cause", "suspended_at", "suspension_lifted_until", "first_lifted_on",
    "service_limited", "limitation_lifted_until", "provisionally_terminated_at", "terminate_on", "terminated_at",
    "exported_at",
)  # fmt: skip
_DUNNED = "NEW.payment_status IN ('unpaid', 'partly_paid') AND NEW.collection_status = 'collect'"


@dataclass(frozen=True)
class Watched:
    """A table that forecasts follow from. An update counts where one of `watched` changes; `owner` is whose they are.

    `if_new`: which new rows count, none unless it is said; `only`: which rows count at all.
    """

    table: str
    owner: str
    watched: tuple[str, ...] = ()
    if_new: str = ""
    only: str = "1 = 1"


SOURCES = (
    Watched("customers", "NEW.id", (*STATUS, "customer_class_id", "billing_zone"),
           if_new="coalesce(NEW.collect_at, NEW.suspension_lifted_until) IS NOT NULL OR NEW.terminate_on IS NOT NULL"),
    Watched("invoices", "NEW.customer_id", ("payment_status", "collection_status"), if_new=_DUNNED),
    Watched("collection_steps", "NEW.customer_id", if_new="1 = 1"),
    Watched("planned_moves", "NEW.customer_id", ("state", "due_on", "move", "login"), if_new="1 = 1"),
    Watched("messages", "NEW.customer_id", ("state",),
           only="NEW.customer_id IS NOT NULL AND substr(NEW.key, 1, 11) = 'collection/'"),
    Watched("holidays", "NULL", ("day", "removed_at"), if_new="1 = 1"),
    Watched("customer_classes", "NULL", ("reactivation_window_days",)),
)  # fmt: skip
_FUNCTION = """
CREATE OR REPLACE FUNCTION outdate_by_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$
"""


def recreate(connection: Connection) -> None:
    """Drops and makes the triggers again."""
    on_postgresql = connection.dialect.name == "postgresql"
    for source in SOURCES:
        body = f"INSERT INTO outdated_forecasts (customer_id) VALUES ({source.owner});"
        does = f"BEGIN {body} END"
        if on_postgresql:
            connection.exec_driver_sql(_FUNCTION.format(table=source.table, body=body))
            does = f"EXECUTE FUNCTION outdate_by_{source.table}()"
        for name, event, when in _events(source, "IS DISTINCT FROM" if on_postgresql else "IS NOT"):
            of_table = f" ON {source.table}" if on_postgresql else ""
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{of_table}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} AFTER {event} ON {source.table} FOR EACH ROW WHEN ({when}) {does}"
            )


def outdate_everyone(connection: Connection) -> None:
    """Has every forecast kept again; a database without customers has none."""
    connection.exec_driver_sql(
        "INSERT INTO outdated_forecasts (customer_id) SELECT NULL WHERE EXISTS (SELECT 1 FROM customers)"
    )


def names() -> Iterator[str]:
    """What the triggers are called."""
    return (name for source in SOURCES for name, *_ in _events(source, ""))


def _events(source: Watched, differs: str) -> Iterator[tuple[str, str, str]]:
    if source.if_new:
        yield f"{source.table}_outdate_insert", "INSERT", f"({source.if_new}) AND {source.only}"
    if source.watched:
        changed = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in source.watched)
        yield (
            f"{source.table}_outdate_update",
            f"UPDATE OF {', '.join(source.watched)}",
            f"({changed}) AND {source.only}",
        )
