"""The customer table: a page of customers, opened by a click on ID, name or row."""

from collections.abc import Collection, Sequence
from datetime import date

from dashboard.kit import formats
from dashboard.kit.look.palette import BANDS, STATUSES
from dashboard.kit.tables.table import ROW_HEIGHT, Chip, Column, Columns, picking_table, table
from data_access.domain.limit_use import LimitUse, band_of
from data_access.queries.lists.customers import CustomerRow

ROOMY = 40
_PREPAID = "prepaid"
_SHARES = (LimitUse.UNDER_80, LimitUse.FROM_80, LimitUse.OVER)


def customer_columns(today: date) -> dict[str, Column[CustomerRow]]:
    """What a list can tell of a customer, by the name that an address has for it."""
    return {
        "id": Column("Customer ID", lambda row: row.customer_code, "opener", 80),
        "name": Column("Name", lambda row: row.name, "opener", 128),
        "status": Column("Status", statuses, "chips", 232, "The most important status first, then any others."),
        "balance": Column("Balance", _owes, "amount", 142, "Postpaid: who owes whom. Prepaid: what is left to spend."),
        "limit": Column("Credit limit", _limit, "amount", 116),
        "use": Column("Use of limit", _utilisation, "chips", 92, "Balance as a share of the credit limit."),
        "overdue": Column("Overdue", _overdue, "amount", 130, "Since the oldest due date; the whole overdue amount."),
        "next": Column(
            "Next step", lambda row: next_step(row, today), width=164,
            help="What happens automatically unless something changes.",
        ),
        "class": Column("Customer class", lambda row: row.class_name, width=128),
    }  # fmt: skip


ALWAYS = ("id", "name")
USUAL = ("status", "balance", "limit", "use", "overdue", "next")


def usual_columns(today: date, *, without: Sequence[str] = ()) -> Columns[CustomerRow]:
    """The columns that a list has where its reader chose no others."""
    known = customer_columns(today)
    return [known[name] for name in (*ALWAYS, *USUAL) if name not in without]


def customer_table(
    rows: Sequence[CustomerRow], columns: Columns[CustomerRow], key: str, *, title: str = "Customers",
    is_roomy: bool = False,
) -> int | None:  # fmt: skip
    """Draws the whole page of rows; the id of the customer that was clicked, if one was."""
    alt = f"{title}: {formats.counted(len(rows), 'customer')}; click a Customer ID or Name to open one."
    click = table(rows, columns, alt=alt, key=key, row_height=ROOMY if is_roomy else ROW_HEIGHT)
    return None if click is None else click.row.id


def customers_to_pick(
    rows: Sequence[CustomerRow], columns: Columns[CustomerRow], key: str, *, picked: Collection[int],
    is_roomy: bool = False,
) -> tuple[Sequence[CustomerRow], int | None]:  # fmt: skip
    """Draws the page of rows with check boxes; those that are ticked, and the id of the customer that was clicked."""
    alt = f"Customers to pick: {formats.counted(len(rows), 'customer')}, each with a check box."
    places = [at for at, row in enumerate(rows) if row.id in picked]
    height = ROOMY if is_roomy else ROW_HEIGHT
    ticked, click = picking_table(rows, columns, alt=alt, key=key, picked=places, row_height=height)
    return ticked, None if click is None else click.row.id


def statuses(row: CustomerRow) -> list[Chip]:
    looks = [STATUSES[status] for status in (row.shown, *row.secondary)]
    return [Chip(look.chip, look) for look in looks]


def _utilisation(row: CustomerRow) -> list[Chip]:
    """The share in words, so that 124 % is not a full bar like any other."""
    band = band_of(row.balance, row.credit_limit, prepaid=_is_prepaid(row))
    look = BANDS[band]
    if band not in _SHARES or not row.credit_limit:
        return [Chip(look.chip, look)]
    words = formats.percent(row.balance / row.credit_limit) + (", over" if band is LimitUse.OVER else "")
    return [Chip(f"{look.mark} {words}", look)]


def next_step(row: CustomerRow, today: date) -> str:
    """What happens; what would prevent it, and that it was planned, is told on the customer's page."""
    if row.next_step is None:
        return ""
    return f"{formats.relative(row.next_step.on, today)}: {row.next_step.what.removeprefix('permanently ')}"


def _owes(row: CustomerRow) -> str:
    return formats.standing_money(row.balance, row.currency, prepaid=_is_prepaid(row))


def _limit(row: CustomerRow) -> str:
    return formats.limit(row.credit_limit, row.currency, prepaid=_is_prepaid(row))


def _overdue(row: CustomerRow) -> str:
    return formats.overdue(row.overdue_amount, row.days_overdue, row.currency)


def _is_prepaid(row: CustomerRow) -> bool:
    return row.balance_control == _PREPAID
