"""How a job works: what is due, what is done about one of them, and whom that is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from data_access.models.base import Base
from data_access.queries.due import DueIds
from data_access.store.access import Access, Command, new_command_id

BATCH = 500
GoesOn = Callable[[], bool]
TOGETHER = 20  # in one transaction: whoever waits for one of them waits for all


@dataclass(frozen=True, slots=True)
class Work:
    """How a job works. `due` gives at most so many ids above one, ascending; `do` does one of them.

    `about`: the table whose ids they are, so that a trouble finds its customer. `waiting` is for a queue, whose `due`
    gives what comes next, again and again until nothing waits: how many do. `keep_fault`: what a queue does with one
    that a fault of ours broke off, so that it does not come again. `is_asked_for`: whether people wait for it, so that
    it runs before its period is over. `lasting`: `do` of what takes minutes, which asks between its parts whether to
    go on. `do_together`: does several in one transaction, all or none.
    """

    about: type[Base]
    due: Callable[[Access, int, int], list[int]]
    do: Callable[[Access, int], object]
    waiting: Callable[[Access], int] | None = None
    keep_fault: Callable[[Access, int], object] | None = None
    is_asked_for: Callable[[Access], bool] | None = None
    lasting: Callable[[Access, int, GoesOn], object] | None = None
    do_together: Callable[[Access, Sequence[int]], object] | None = None


def ordered(due: type[DueIds], order: type[Command[Any]], by: str, *, shares: bool = False) -> Work:
    """The usual kind: a query finds the ids, and each is given to a command, as its field `by`.

    `shares`: the ids are those of customers, and several commands share a transaction.
    """

    def find(access: Access, after: int, limit: int) -> list[int]:
        return access.fetch(due(after, limit))

    def command(key: int) -> Command[Any]:
        given: dict[str, Any] = {by: key}
        return order(command_id=new_command_id(), **given)

    def do(access: Access, key: int) -> object:
        return access.execute(command(key))

    def do_together(access: Access, keys: Sequence[int]) -> object:
        return access.execute_together({key: command(key) for key in keys})

    return Work(due.about, find, do, do_together=do_together if shares else None)
