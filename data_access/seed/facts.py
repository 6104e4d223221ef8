"""The status of a demo life: the stored facts that its destiny asks for, and the events that led to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from data_access.clock import day_in, start_of
from data_access.ledger import Books
from data_access.lifecycle import BillStatus, SuspensionCause
from data_access.seed.destiny import STOPPED_PAYING, Destiny, Life

S = BillStatus
_BLOCK_REASONS = ("SIM card reported as stolen.", "The customer asked for it while abroad.", "Suspected misuse.")
_LEAVING = ("The customer moves to another provider.", "The contract ended.", "The household is given up.")


@dataclass(frozen=True, slots=True)
class Happening:
    """One status change of a life."""

    at: datetime
    move: str
    status_to: BillStatus
    login: str = "system"
    reason: str = ""
    blocked: bool = False
    until: date | None = None


def status_of(life: Life, books: Books, draw: Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The facts for the customer's row and its status events, which agree."""
    facts, last = _now(life, books, draw)
    earlier = _resumed_before(life, books, last[0].at if last else life.now)
    happenings = [Happening(life.created_at, "created", S.OPEN, "support"), *earlier, *last]
    return facts, list(_events(books, happenings))


def _events(books: Books, happenings: list[Happening]) -> Iterator[dict[str, Any]]:
    status_from = S.OPEN
    for one in happenings:
        yield {
            "customer_id": books.customer_id, "command_id": books.command_id, "at": one.at, "move": one.move,
            "status_from": status_from, "status_to": one.status_to, "blocked": one.blocked, "until": one.until,
            "login": one.login, "reason": one.reason,
        }  # fmt: skip
        status_from = one.status_to


def _resumed_before(life: Life, books: Books, end: datetime) -> Iterator[Happening]:
    """The suspensions that a late payment ended, one after the other."""
    days = life.of_class.suspend_after_days
    free_from = life.created_at
    for row in books.allocations if days is not None else ():
        since = row["invoice"]["overdue_from"] + timedelta(days=days or 0)
        if free_from < since < row["at"] < end:
            yield Happening(since, "suspend", S.SUSPENDED)
            yield Happening(row["at"], "resume", S.OPEN, reason="Nothing is overdue any more.")
            free_from = row["at"]


def _now(life: Life, books: Books, draw: Random) -> tuple[dict[str, Any], list[Happening]]:
    match life.destiny:
        case Destiny.SUSPENDED | Destiny.SUSPENDED_BLOCKED | Destiny.LIFTED:
            return _suspended(life, books, draw)
        case Destiny.BLOCKED:
            at = max(life.now - timedelta(days=draw.uniform(1, 60)), life.created_at)
            return {"blocked": True}, [_block(at, S.OPEN, draw)]
        case Destiny.ENDS_SOON:
            day = life.today + timedelta(days=draw.randint(3, 40))
            at = max(life.now - timedelta(days=draw.uniform(0.1, 5)), life.created_at)
            return {"terminate_on": day}, [
                Happening(at, "permanently_terminate", S.OPEN, "manager", draw.choice(_LEAVING), until=day)
            ]
        case Destiny.JUST_LATE:
            return {"service_limited": draw.random() < 0.25}, []
    return ({}, []) if life.ended_at is None else _ended(life, books, life.ended_at, draw)


def _block(at: datetime, status: BillStatus, draw: Random) -> Happening:
    return Happening(at, "block", status, "support", draw.choice(_BLOCK_REASONS), blocked=True)


def _suspension(life: Life, books: Books) -> Happening:
    first: datetime = books.summaries()["first_overdue_from"]
    return Happening(first + timedelta(days=life.of_class.suspend_after_days or 0), "suspend", S.SUSPENDED)


def _suspended(life: Life, books: Books, draw: Random) -> tuple[dict[str, Any], list[Happening]]:
    suspension = _suspension(life, books)
    facts: dict[str, Any] = {
        "bill_status": S.SUSPENDED, "suspension_cause": SuspensionCause.COLLECTION, "suspended_at": suspension.at,
    }  # fmt: skip
    since = suspension.at + draw.random() * (life.now - suspension.at)
    if life.destiny is Destiny.SUSPENDED_BLOCKED:
        return facts | {"blocked": True}, [suspension, _block(since, S.SUSPENDED, draw)]
    if life.destiny is Destiny.LIFTED:
        at = max(suspension.at, life.now - timedelta(hours=draw.randint(1, 30)))
        first = day_in(life.land.zone, at)
        until = life.today + timedelta(days=draw.randint(1, 2))
        facts |= {"suspension_lifted_until": start_of(until, life.land.zone), "first_lifted_on": first}
        return facts, [
            suspension,
            Happening(at, "lift_suspension", S.SUSPENDED, "support", "Says that the money is on its way.", until=until),
        ]
    return facts, [suspension]


def _ended(life: Life, books: Books, at: datetime, draw: Random) -> tuple[dict[str, Any], list[Happening]]:
    reason = draw.choice(_LEAVING)
    window = life.of_class.reactivation_window_days
    day = day_in(life.land.zone, at) + timedelta(days=window)
    provisional = Happening(at, "provisionally_terminate", S.PROVISIONALLY_TERMINATED, "manager", reason)
    if life.destiny is Destiny.EXPORTED:
        export = Happening(at, "mark_exported", S.EXPORTED, "admin", "Moved to another installation.")
        return {"bill_status": S.EXPORTED, "exported_at": at}, [export]
    if life.destiny is Destiny.PROVISIONAL:
        facts: dict[str, Any] = {
            "bill_status": S.PROVISIONALLY_TERMINATED, "provisionally_terminated_at": at, "terminate_on": day,
        }  # fmt: skip
        return facts, [provisional]
    closes = start_of(day, life.land.zone)
    if closes < life.now and draw.random() < 0.6 and life.destiny not in STOPPED_PAYING:
        close = Happening(closes, "close", S.PERMANENTLY_TERMINATED, until=day)
        facts = {"provisionally_terminated_at": at, "terminated_at": closes, "terminate_on": day}
        return facts | {"bill_status": S.PERMANENTLY_TERMINATED}, [provisional, close]
    return _closed_at_once(life, books, at, reason)


def _closed_at_once(life: Life, books: Books, at: datetime, reason: str) -> tuple[dict[str, Any], list[Happening]]:
    day = day_in(life.land.zone, at)
    close = Happening(at, "permanently_terminate", S.PERMANENTLY_TERMINATED, "manager", reason, until=day)
    facts = {"bill_status": S.PERMANENTLY_TERMINATED, "terminated_at": at, "terminate_on": day}
    if life.destiny is Destiny.TERMINATED_OWING and books.summaries()["first_overdue_from"] is not None:
        suspension = _suspension(life, books)
        return facts, [suspension, close] if suspension.at < at else [close]
    return facts, [close]
