"""Days of service: a customer's state at the end of each day, from its status events and its balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from data_access.base.clock import start_of
from data_access.base.money import ZERO
from data_access.base.statuses import GONE, BillStatus
from data_access.domain.moves import MOVES
from data_access.models.services import SubscriptionPlan

_BESIDE_THE_STATUS = frozenset(move.name for move in MOVES.values() if move.is_beside)
_LIFTS = frozenset(move.name for move in MOVES.values() if move.lifts_suspension)


class DatedStatus(Protocol):
    """A status event as far as days are concerned."""

    @property
    def at(self) -> datetime: ...
    @property
    def move(self) -> str: ...
    @property
    def status_to(self) -> BillStatus: ...
    @property
    def blocked(self) -> bool: ...
    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class DayState:
    """How a customer stood when a day ended. Suspended: without a lift."""

    is_gone: bool = False
    is_suspended: bool = False
    is_blocked: bool = False
    has_no_funds: bool = False

    def is_charged(self, plan: SubscriptionPlan) -> bool:
        """Whether the fee of a plan arises on such a day."""
        return not self.is_gone and (plan.charge_while_suspended or not self.is_suspended)

    def is_kept(self, plan: SubscriptionPlan) -> bool:
        """Whether a fee that was charged for such a day is kept, rather than credited back."""
        credited = (
            (self.is_suspended and plan.credit_suspended)
            or (self.is_blocked and plan.credit_blocked)
            or (self.has_no_funds and plan.credit_no_funds)
        )
        return self.is_charged(plan) and not credited


@dataclass(frozen=True, slots=True)
class ServiceDays:
    """The status events of a customer and its balances when they moved, both in the order of time."""

    zone: str
    events: Sequence[DatedStatus]
    balances: Sequence[tuple[datetime, Decimal]] = ()

    def state(self, day: date) -> DayState:
        """How the customer stood when the day ended; for a day that runs, how it stands now."""
        ends = start_of(day + timedelta(days=1), self.zone)
        before = [event for event in self.events if event.at < ends]
        if not before:
            return DayState()
        last = before[-1]
        return DayState(
            is_gone=last.status_to in GONE,
            is_suspended=last.status_to is BillStatus.SUSPENDED and not self._is_lifted(before, ends),
            is_blocked=last.blocked,
            has_no_funds=self._balance(ends) >= ZERO,
        )

    def _is_lifted(self, before: Sequence[DatedStatus], ends: datetime) -> bool:
        last = next((event for event in reversed(before) if event.move not in _BESIDE_THE_STATUS), None)
        if last is None or last.move not in _LIFTS or last.until is None:
            return False
        return start_of(last.until, self.zone) >= ends

    def _balance(self, ends: datetime) -> Decimal:
        """Below zero, what the customer has; a postpaid customer is asked about no funds by nobody."""
        return next((balance for at, balance in reversed(self.balances) if at < ends), -Decimal(1))
