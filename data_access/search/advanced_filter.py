"""Advanced search as a value: parts of which all must hold, and how it includes the permanently terminated."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from data_access.base.clock import Instant
from data_access.base.permissions import Actor, Permission
from data_access.domain.shown_status import Shown, live
from data_access.search.expression import Condition, Part, is_by_clock, lines_of, parts_of, read_line, require, written
from data_access.search.filters import CustomerFilter
from data_access.search.operations import Operation

PARAM = "where"
_CLOSED = Condition("status", Operation.IS, (Shown.PERMANENTLY_TERMINATED.value,))


@dataclass(frozen=True, slots=True)
class AdvancedFilter:
    """Conditions and groups that must all hold. The permanently terminated are found by their status only."""

    conditions: tuple[Part, ...] = ()

    def where(self, now: Instant) -> list[ColumnElement[bool]]:
        asked = [part.where(now) for part in self.conditions]
        return asked if self.names_the_closed else [live(), *asked]

    @property
    def is_by_clock(self) -> bool:
        return is_by_clock(self.conditions)

    @property
    def names_the_closed(self) -> bool:
        return any(part.names_the_closed for part in self.conditions)

    def describe(self, *, quoted: bool = True) -> str:
        said = [part.describe(quoted=quoted) for part in self.conditions]
        return ", ".join(said if self.names_the_closed else [*said, "not permanently terminated"])

    def require(self, actor: Actor) -> None:
        """NotPermitted when it searches what the actor sees masked."""
        require(self.conditions, actor)

    def to_params(self) -> dict[str, list[str]]:
        return {PARAM: list(lines_of(self.conditions))}


def closed_matches(chosen: CustomerFilter) -> AdvancedFilter:
    """What finds the permanently terminated customers that the Customers page hides behind a filter."""
    return AdvancedFilter((*chosen.without_status().conditions, _CLOSED))


def closed_found(text: str, actor: Actor) -> AdvancedFilter:
    """What finds the permanently terminated customers that the finder leaves out."""
    may_read = actor.may(Permission.PERSONAL_READ)
    field = "any_text" if may_read else "any_number"
    return AdvancedFilter((*parts_of([read_line(written((), field, Operation.MATCHES, text))]), _CLOSED))
