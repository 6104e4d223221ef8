"""Confined sessions: any rows queried in one are limited to those of its actor; and statements built once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Select, Table, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from data_access.base.clock import shifts_in
from data_access.base.permissions import SYSTEM, Actor
from data_access.store.scope import SCOPES

More = TypeVarTuple("More")
S = TypeVar("S")
_KEPT = 256  # of each, by what it is asked for
_DECLARED = frozenset(model.__table__ for model in SCOPES)


class _Made(NamedTuple):
    """What is known of a statement: for whom it was made, whether it gives columns alone, its instants beside now."""

    whom: Actor | None = None
    gives_columns: bool = False
    shifts: Mapping[str, timedelta] = MappingProxyType({})


_NOT_MADE = _Made()
_MADE: WeakKeyDictionary[Any, _Made] = WeakKeyDictionary()


class MadeOnce(Generic[*More, S]):
    """A statement is made once a person, for to make it takes longer than to run it; those who see all share theirs.

    Of the actor it may look at nothing but the rows they may see. It is cut to these when it is made, whatever it
    selects, and their sessions run it as it stands.
    """

    def __init__(self, make: Callable[[Actor, *More], S]) -> None:
        self._anew = make
        self._made = lru_cache(maxsize=_KEPT)(self._make)

    def __call__(self, actor: Actor, *more: *More) -> S:
        return self._made(_whom(actor), *more)

    def _make(self, whom: Actor, *more: *More) -> S:
        statement = self._anew(whom, *more)
        return _made_for(whom, statement) if isinstance(statement, Select) else statement


def made_once(make: Callable[[Actor, *More], S]) -> MadeOnce[*More, S]:
    """See `MadeOnce`."""
    return MadeOnce(make)


def _whom(actor: Actor) -> Actor:
    return SYSTEM if actor.reseller_id is None else actor


def _made_for(whom: Actor, statement: Any) -> Any:
    cut = _cut(statement, _sources(statement), whom)
    gives_columns = all(one["expr"] is not one.get("entity") for one in cut.column_descriptions)
    _MADE[cut] = _Made(whom, gives_columns, shifts_in(cut))
    return cut


class ConfinedSession(Session):
    """A session that cuts the rows of every ORM select to those of one actor; a table without a scope raises.

    A statement that was made once for the actor is cut already. Where it gives columns, it is sent past the ORM, which
    has nothing to add to it.
    """

    def __init__(self, bind: Engine | Connection, actor: Actor, **options: Any) -> None:
        super().__init__(bind, **options)
        self.actor = actor

    def is_made(self, statement: object) -> bool:
        """Whether it was made once for this actor."""
        return _MADE.get(statement, _NOT_MADE).whom == _whom(self.actor)

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        made = _MADE.get(statement, _NOT_MADE)
        if made.shifts:
            params = params | {name: params["now"] + shift for name, shift in made.shifts.items()}
        if options or not (made.gives_columns and made.whom == _whom(self.actor)):
            return super().execute(statement, params, **options)
        if self.autoflush:
            self.flush()
        return self.connection().execute(statement, params)

    def scalars(self, statement: Any, params: Any = None, **options: Any) -> Any:
        return self.execute(statement, params, **options).scalars()

    def scalar(self, statement: Any, params: Any = None, **options: Any) -> Any:
        return self.execute(statement, params, **options).scalar()


def _confine(state: ORMExecuteState) -> None:
    session = state.session
    if not state.is_select or state.is_column_load or not isinstance(session, ConfinedSession):
        return
    if not session.is_made(state.statement):
        state.statement = _cut(state.statement, _sources_of(state), session.actor)


event.listen(ConfinedSession, "do_orm_execute", _confine)


def _cut(statement: Any, sources: Iterator[Any], actor: Actor) -> Any:
    for table in sources:
        if table not in _DECLARED:
            raise KeyError(f"{table} has no scope: it is seen by nobody")
    if actor.reseller_id is None:
        return statement
    return statement.options(*(with_loader_criteria(model, scope(actor)) for model, scope in SCOPES.items()))


def _sources_of(state: ORMExecuteState) -> Iterator[Table]:
    """The tables that the rows are made of. Of a Select they are at hand; to ask for its mappers is to compile it."""
    if isinstance(state.statement, Select):
        return _sources(state.statement)
    return (mapper.local_table for mapper in state.all_mappers if isinstance(mapper.local_table, Table))


def _sources(statement: Select[Any]) -> Iterator[Table]:
    for source in statement.columns_clause_froms:
        named = getattr(source, "element", source)  # an alias names its table
        if isinstance(named, Table):
            yield named
