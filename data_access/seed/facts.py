"""The status of a demo customer: the stored facts that its destiny requires, and the events that led to them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from data_access.base.clock import day_in, start_of
from data_access.base.statuses import BillStatus
from data_access.domain.billing.ledger import Books
from data_access.domain.moves import CREATED
from data_access.seed.destiny import STOPPED_PAYING, Destiny, Life
from data_access.seed.pursued import Pursuit

S = BillStatus
_BLOCK_REASONS = ("SIM card reported as stolen.", "The customer asked for it while abroad.", "Suspected misuse.")
_LEAVING = ("The customer moves to another provider.", "The contract ended.", "The household is given up.")


@dataclass(frozen=True, slots=True)
class Happening:
    """One status change of a life. `status_to` None: the billing status stays as it is."""

    at: datetime
    move: str
    status_to: BillStatus | None = None
    login: str = "system"
    reason: str = ""
    blocks: bool = False
    until: date | None = None


def status_of(life: Life, books: Books, pursuit: Pursuit, draw: Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The facts for the customer's row and its status events, which agree."""
    facts, last = _now(life, pursuit, draw)
    if life.ended_at is None:
        facts = asdict(pursuit.facts) | facts
    by_itself = [Happening(one.at, one.move, one.status_to, reason=one.reason) for one in pursuit.changes]
    happenings = sorted([*by_itself, *last], key=lambda one: one.at)
    return facts, list(_events(books, [Happening(life.created_at, CREATED, S.OPEN, "support"), *happenings]))


def _events(books: Books, happenings: list[Happening]) -> Iterator[dict[str, Any]]:
    status, blocked = S.OPEN, False
    for one in happenings:
        before, status, blocked = status, one.status_to or status, blocked or one.blocks
        yield {
            "customer_id": books.customer_id, "command_id": books.command_id, "at": one.at, "move": one.move,
            "status_from": before, "status_to": status, "blocked": blocked, "until": one.until,
            "login": one.login, "reason": one.reason,
        }  # fmt: skip


def _now(life: Life, pursuit: Pursuit, draw: Random) -> tuple[dict[str, Any], list[Happening]]:
    match life.destiny:
        case Destiny.SUSPENDED_BLOCKED:
            since = pursuit.changes[-1].at
            return {"blocked": True}, [_block(since + draw.random() * (life.now - since), draw)]
        case Destiny.LIFTED:
            return _lifted(life, pursuit.changes[-1].at, draw)
        case Destiny.BLOCKED:
            at = max(life.now - timedelta(days=draw.uniform(1, 60)), life.created_at)
            return {"blocked": True}, [_block(at, draw)]
        case Destiny.ENDS_SOON:
            day = life.today + timedelta(days=draw.randint(3, 40))
            at = max(life.now - timedelta(days=draw.uniform(0.1, 5)), life.created_at)
            reason = draw.choice(_LEAVING)
            return {"terminate_on": day}, [
                Happening(at, "permanently_terminate", login="manager", reason=reason, until=day)
            ]
    return ({}, []) if life.ended_at is None else _ended(life, life.ended_at, draw)


def _block(at: datetime, draw: Random) -> Happening:
    return Happening(at, "block", login="support", reason=draw.choice(_BLOCK_REASONS), blocks=True)


def _lifted(life: Life, since: datetime, draw: Random) -> tuple[dict[str, Any], list[Happening]]:
    at = max(since, life.now - timedelta(hours=draw.randint(1, 30)))
    until = life.today + timedelta(days=draw.randint(1, 2))
    facts = {
        "suspension_lifted_until": start_of(until, life.land.zone), "first_lifted_on": day_in(life.land.zone, at)
    }  # fmt: skip
    reason = "Says that the money is on its way."
    return facts, [Happening(at, "lift_suspension", login="support", reason=reason, until=until)]


def _ended(life: Life, at: datetime, draw: Random) -> tuple[dict[str, Any], list[Happening]]:
    reason = draw.choice(_LEAVING)
    window = life.of_class.reactivation_window_days
    day_of_end = day_in(life.land.zone, at)
    day = day_of_end + timedelta(days=window)
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
    close = Happening(at, "permanently_terminate", S.PERMANENTLY_TERMINATED, "manager", reason, until=day_of_end)
    facts = {"bill_status": S.PERMANENTLY_TERMINATED, "terminated_at": at, "terminate_on": day_of_end}
    return facts, [close]
