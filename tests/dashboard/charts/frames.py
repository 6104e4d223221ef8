"""Small frames in the shapes that the charts take."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pandas as pd

CUSTOMER_COLUMNS = ["customer_id", "customer_code", "name", "balance", "credit_limit", "band"]
CELL_COLUMNS = ["limit_from", "limit_to", "balance_from", "balance_to", "customers", "owed"]
BAR_COLUMNS = ["band", "band_from", "band_to", "customers", "owed"]
BOOKING_COLUMNS = ["at", "balance_after"]


def customers(*balances_and_limits: tuple[str, str], band: str = "under_80") -> pd.DataFrame:
    rows = [
        (n, f"C-{n}", f"Customer {n}", Decimal(balance), Decimal(limit), band)
        for n, (balance, limit) in enumerate(balances_and_limits, start=1)
    ]
    return pd.DataFrame(rows, columns=CUSTOMER_COLUMNS)


def cells(*rows: tuple[str, str, str, str, int, str]) -> pd.DataFrame:
    made = [(*(Decimal(edge) for edge in row[:4]), row[4], Decimal(row[5])) for row in rows]
    return pd.DataFrame(made, columns=CELL_COLUMNS)


def bars(*rows: tuple[str, float | None, float | None, int, str]) -> pd.DataFrame:
    return pd.DataFrame([(*row[:4], Decimal(row[4])) for row in rows], columns=BAR_COLUMNS)


def bookings(*balances: str) -> pd.DataFrame:
    first = datetime(2026, 3, 1, 9, tzinfo=UTC)
    rows = [(first + timedelta(days=n), Decimal(balance)) for n, balance in enumerate(balances)]
    return pd.DataFrame(rows, columns=BOOKING_COLUMNS)
