"""Thirty thousand real credit accounts, and what their customers come to."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, func, select

from data_access.base.money import ZERO
from data_access.models.customers import Customer

FILE = Path(__file__).resolve().parents[1] / "data" / "credit-accounts.csv.gz"


def sums_of(engine: Engine) -> tuple[Decimal, Decimal]:
    """What all customers owe together, and their limits together."""
    with engine.connect() as connection:
        owed, limits = connection.execute(select(func.sum(Customer.balance), func.sum(Customer.credit_limit))).one()
    return owed, limits or ZERO


def over_and_in_credit(engine: Engine) -> tuple[int, int]:
    """How many owe more than their limit, and how many are in credit."""
    over, credit = Customer.balance > Customer.credit_limit, Customer.balance < ZERO
    with engine.connect() as connection:
        counted = select(func.count().filter(over), func.count().filter(credit)).select_from(Customer)
        over_limit, owed_to = connection.execute(counted).one()
    return over_limit, owed_to
