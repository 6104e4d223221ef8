"""Local days: which day it is, and when a day begins, where each selected customer is billed, as SQL."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, literal, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.clock import Present, UtcDateTime, day_in, days_before, quarter_of, start_of
from data_access.base.text.parsing import ZONES
from data_access.models.customers import Customer

_NAMED = {zone: literal(zone) for zone in ZONES}  # a list of values would be spread at each look


def days_ago(count: int, now: datetime | Present) -> ColumnElement[Any]:
    """As late in the day as now, so many calendar days ago, or ahead below 0; few zones move their clocks between."""
    usual = now - timedelta(days=count)
    moved = {shift: zones for shift, zones in _shifts(count, _quarter(now)).items() if shift}
    return _by_zone({usual + shift: zones for shift, zones in moved.items()}, usual, UtcDateTime())


def today(now: datetime | Present, ahead: int = 0) -> ColumnElement[date]:
    """The day there, so many days ahead."""
    usual, days = day_of(now), _days(_quarter(now)).items()
    there = {on + timedelta(days=ahead): zones for on, zones in days if on != usual}
    return _by_zone(there, usual + timedelta(days=ahead), Date())


def day_of(now: datetime | Present) -> date:
    """The day in UTC."""
    return _quarter(now).date()


def _quarter(now: datetime | Present) -> datetime:
    return now.quarter if isinstance(now, Present) else quarter_of(now)


@lru_cache(maxsize=64)
def _shifts(count: int, quarter: datetime) -> dict[timedelta, list[str]]:
    """By how much so many calendar days ago is not so many times 24 hours ago, and where."""
    zones: dict[timedelta, list[str]] = {}
    for zone in ZONES:
        zones.setdefault(days_before(quarter, count, zone) - (quarter - timedelta(days=count)), []).append(zone)
    return zones


@lru_cache(maxsize=64)
def _days(quarter: datetime) -> dict[date, list[str]]:
    zones: dict[date, list[str]] = {}
    for zone in ZONES:
        zones.setdefault(day_in(zone, quarter), []).append(zone)
    return zones


def is_from(column: InstrumentedAttribute[Any], on: date) -> ColumnElement[bool]:
    """Whether the instant lies on the day or later; the first bound is what an index can be searched by."""
    return and_(column >= min(_beginnings(on)), column >= _begins(on))


def is_before(column: InstrumentedAttribute[Any], on: date) -> ColumnElement[bool]:
    """Whether the instant lies before the day."""
    return and_(column < max(_beginnings(on)), column < _begins(on))


def _begins(on: date) -> ColumnElement[Any]:
    usual = start_of(on, "UTC")
    return _by_zone({at: zones for at, zones in _beginnings(on).items() if at != usual}, usual, UtcDateTime())


@lru_cache(maxsize=64)
def _beginnings(on: date) -> dict[datetime, list[str]]:
    zones: dict[datetime, list[str]] = {}
    for zone in ZONES:
        zones.setdefault(start_of(on, zone), []).append(zone)
    return zones


def _by_zone(zones: dict[Any, list[str]], usual: Any, kind: Any) -> ColumnElement[Any]:
    """The value that holds in the customer's zone: in those that are named, or the usual one."""
    others = [
        (Customer.billing_zone.in_(map(_NAMED.__getitem__, there)), type_coerce(value, kind))
        for value, there in zones.items()
    ]
    return case(*others, else_=type_coerce(usual, kind)) if others else type_coerce(usual, kind)
