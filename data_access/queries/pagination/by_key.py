"""The orders in which customers are listed, each answered by an index over the column and the id."""

from collections.abc import Callable
from typing import Any

from data_access.base.clock import read_moment
from data_access.base.labelled import Labelled
from data_access.base.money import read_amount
from data_access.base.permissions import Actor, Permission
from data_access.base.text.numerals import whole_number
from data_access.models.customers import Customer
from data_access.queries.pagination.pages import Key, Order


class Sort(Labelled):
    """The orders offered."""

    NAME = "name", "name"
    NEWEST = "newest", "newest first"
    BALANCE = "balance", "largest balance first"
    OVERDUE = "overdue", "longest overdue first"
    CUSTOMER_ID = "customer_id", "Customer ID"


def _by(column: Any, read: Callable[[str], Any], **over: bool) -> Order:
    return Order((Key(column, read), Key(Customer.id, whole_number)), **over)


ORDERS: dict[Sort, Order] = {
    Sort.NAME: _by(Customer.name_key, str),
    Sort.NEWEST: _by(Customer.created_at, read_moment, is_descending=True),
    Sort.BALANCE: _by(Customer.balance, read_amount, is_descending=True),
    Sort.OVERDUE: _by(Customer.first_overdue_from, read_moment, has_blanks=True),
    Sort.CUSTOMER_ID: _by(Customer.customer_code_key, str),
}


def sort_for(actor: Actor, wanted: Sort | None) -> Sort:
    """The order wanted; names by default, Customer IDs for those who see names masked."""
    return wanted or (Sort.NAME if actor.may(Permission.PERSONAL_READ) else Sort.CUSTOMER_ID)
