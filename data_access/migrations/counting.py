"""The triggers that keep `customer_counts`: what a customer counts as is taken back and added as the row changes.

`used_up` is over the credit limit, or without funds, as long as no temporary limit runs; customers whose status
follows from the clock as well are counted one by one, so they are left out here.
"""

from sqlalchemy import Connection, text

ALIKE = (
    "reseller_id", "customer_class_id", "currency", "balance_control", "bill_status", "blocked", "service_limited",
)  # fmt: skip
COUNTED = (*ALIKE, "balance", "credit_limit", "suspension_lifted_until", "temporary_limit_until")

_COLUMNS = ", ".join((*ALIKE, "used_up"))
_USED_UP = """CASE WHEN {row}balance_control = 'postpaid'
 THEN {row}credit_limit IS NOT NULL AND {row}balance > {row}credit_limit ELSE {row}balance >= 0 END"""
_UNTIMED = "{row}suspension_lifted_until IS NULL AND {row}temporary_limit_until IS NULL"
_PART = f"INSERT INTO customer_counts ({_COLUMNS}, customers) SELECT {{values}}, {{many}} WHERE {_UNTIMED};"
_WHOLE = f"""
INSERT INTO customer_counts ({_COLUMNS}, customers)
SELECT {", ".join(ALIKE)}, {_USED_UP.format(row="")}, count(*) FROM customers WHERE {_UNTIMED.format(row="")}
GROUP BY {", ".join(map(str, range(1, len(ALIKE) + 2)))}
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION count_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN {less} END IF;
    IF TG_OP <> 'DELETE' THEN {more} END IF;
    RETURN NULL;
END $$
"""


def recreate(connection: Connection) -> None:
    """Drops and makes the triggers again."""
    less, more = _part("OLD.", -1), _part("NEW.", 1)
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.execute(text(_FUNCTION.format(less=less, more=more)))
    differs = f"({_counted('OLD.')}) {'IS DISTINCT FROM' if on_postgresql else 'IS NOT'} ({_counted('NEW.')})"
    verbs = {
        "insert": ("INSERT", "", more),
        "delete": ("DELETE", "", less),
        "update": (f"UPDATE OF {', '.join(COUNTED)}", f"WHEN ({differs})", less + more),
    }
    for verb, (event, when, parts) in verbs.items():
        name = f"customers_counted_{verb}"
        does = "EXECUTE FUNCTION count_customer()" if on_postgresql else f"BEGIN {parts} END"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{' ON customers' if on_postgresql else ''}"))
        connection.execute(text(f"CREATE TRIGGER {name} AFTER {event} ON customers FOR EACH ROW {when} {does}"))


def count_whole(connection: Connection) -> None:
    """Counts the customers who are here already."""
    connection.execute(text(_WHOLE))


def _part(row: str, many: int) -> str:
    return _PART.format(values=_cell(row), many=many, row=row)


def _cell(row: str) -> str:
    """What a customer counts as."""
    return ", ".join([*(f"{row}{column}" for column in ALIKE), _USED_UP.format(row=row)])


def _counted(row: str) -> str:
    return f"{_cell(row)}, {_UNTIMED.format(row=row)}"
