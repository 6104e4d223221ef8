"""Local days: which day it is, and when a day begins, where each selected customer is billed, as SQL."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, literal
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.clock import UtcDateTime, day_in, days_before, start_of
from data_access.base.text.parsing import ZONES
from data_access.models.customers import Customer


def days_ago(count: int, now: datetime) -> ColumnElement[Any]:
    """As late in the day as now, so many calendar days ago, or ahead below 0; few zones move their clocks between."""
    usual = now - timedelta(days=count)
    moved = {usual + shift: zones for shift, zones in _shifts(count, _quarter(now)).items()}
    return _by_zone(moved, usual, UtcDateTime())


def today(now: datetime, ahead: int = 0) -> ColumnElement[date]:
    """The day there, so many days ahead."""
    there = {on + timedelta(days=ahead): zones for on, zones in _days(_quarter(now)).items()}
    return _by_zone(there, now.date() + timedelta(days=ahead), Date())


def _quarter(now: datetime) -> datetime:
    """When the quarter of an hour began: no zone changes its clocks or its day within one."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


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
    return _by_zone(dict(_beginnings(on)), start_of(on, "UTC"), UtcDateTime())


@lru_cache(maxsize=64)
def _beginnings(on: date) -> dict[datetime, list[str]]:
    zones: dict[datetime, list[str]] = {}
    for zone in ZONES:
        zones.setdefault(start_of(on, zone), []).append(zone)
    return zones


def _by_zone(zones: dict[Any, list[str]], usual: Any, kind: Any) -> ColumnElement[Any]:
    """The value that holds in the customer's zone; the usual one is named for no zone."""
    others = [
        (Customer.billing_zone.in_(there), literal(value, kind)) for value, there in zones.items() if value != usual
    ]
    return case(*others, else_=literal(usual, kind)) if others else literal(usual, kind)
