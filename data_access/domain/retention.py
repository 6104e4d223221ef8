"""Retention: how long data of the permanently terminated is kept, in months set by their class."""

import calendar
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from data_access.domain.shown_status import live
from data_access.models.customers import Customer


def months_before(moment: datetime, months: int) -> datetime:
    """So many months earlier, at the same time of the same day, or of the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def over_at(ended: datetime, months: int) -> datetime:
    """The first moment at which so many months are over; for a day that the month lacks, the beginning of the next."""
    year, month = divmod(ended.year * 12 + ended.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if ended.day <= last:
        return ended.replace(year=year, month=month + 1)
    midnight = ended.replace(year=year, month=month + 1, day=last, hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def is_over(customer: Customer, months: int | None, now: datetime) -> bool:
    """Whether a customer ended so many months ago, and no legal hold keeps what is known of it."""
    if months is None or customer.terminated_at is None or customer.legal_hold:
        return False
    return customer.terminated_at <= months_before(now, months)


def over(of_class: Any, choices: Iterable[int | None], now: datetime) -> ColumnElement[bool]:
    """The same as a condition, held or not: `of_class` is the column of months, `choices` the values that it takes."""
    ended = [
        and_(of_class == months, Customer.terminated_at <= months_before(now, months))
        for months in choices
        if months is not None
    ]
    return and_(~live(), or_(false(), *ended))
