"""The two operations: fetch a query, execute a command. The permission is checked here, once, for both."""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, load_only

from data_access.base.clock import Clock
from data_access.base.engine import noting_reads, read_turn, write_turn
from data_access.base.errors import Busy, Invalid, Rejected, TooSlow
from data_access.base.integrity_errors import is_away, is_worth_another_try, waited_too_long, was_stopped
from data_access.base.permissions import SYSTEM, Actor, Permission
from data_access.base.running.databases import standbys_of
from data_access.base.running.metrics import COMMANDS, QUERIES, STANDBY_READS, timed
from data_access.base.text.masking import hiding
from data_access.base.text.text_keys import fold, is_storable
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.models.people import Person
from data_access.store.audit_trail import CommandHeader
from data_access.store.command_form import payload_hash
from data_access.store.confined import ConfinedSession
from data_access.store.demo_clock import clock_of
from data_access.store.scope import tables_read, tables_written, visible
from data_access.store.sign_ins import ACTS_AS, actor_of
from data_access.store.unit_of_work import Load, UnitOfWork, unit_of_work

T = TypeVar("T", covariant=True)
R = TypeVar("R", covariant=True)
D = TypeVar("D")
_TRIES = 6
_DONE = logging.getLogger("customer_desk.command")
_LOG = CommandLog.__table__
_LAST = select(func.coalesce(func.max(_LOG.c.number), 0))
_NEWEST_OWN = select(_LOG.c.number).where(_LOG.c.login == bindparam("login")).order_by(_LOG.c.at.desc()).limit(20)
_LAST_OWN = select(func.coalesce(func.max(_NEWEST_OWN.subquery().c.number), 0))  # 20: two clocks may differ a little
_BEHIND = func.extract("epoch", func.clock_timestamp() - func.pg_last_xact_replay_timestamp())
_REPLAYED = select(_LAST.scalar_subquery(), func.coalesce(_BEHIND, 0))
MOST_BEHIND_SECONDS = 5.0  # of others' commands; one's own are always there


@dataclass(frozen=True, slots=True)
class Reader:
    """What a query works with: a session that cannot write, who asks, and the present instant.

    `known`: what was loaded by `once` before, in the same run.
    """

    session: Session
    actor: Actor
    now: datetime
    known: dict[Any, Any] = field(default_factory=dict, repr=False)

    def once(self, load: Callable[["Reader", int], D], about: int) -> D:
        """What this loads about the row of an id: what many parts of a page look at is read once for all of them."""
        asked = load, about
        if asked not in self.known:
            self.known[asked] = load(self, about)
        found: D = self.known[asked]
        return found

    @property
    def together(self) -> Mapping[int, Customer]:
        """Nothing is locked here."""
        return {}

    def of(self, load: Load[D], customer_id: int) -> D:
        """What a load says of a customer."""
        return load.read(self, [customer_id])[customer_id]


@dataclass(frozen=True, slots=True)
class Noted(Generic[D]):
    """What a query gave, the tables it was read from, and the last command that it was read after."""

    value: D
    tables: frozenset[str]
    as_of: int


class Declared:
    """A value that must say which permission it needs, or it does not import."""

    needs: ClassVar[Permission]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "needs" not in vars(cls):
            raise TypeError(f"{cls.__name__} does not say which permission it needs")


class Query(Declared, Generic[T]):
    """A frozen dataclass that asks for something. Being a value, it is its own cache key."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    shows: ClassVar[Permission] = Permission.PERSONAL_READ  # without it, free texts come masked

    def run(self, reader: Reader) -> T:
        raise NotImplementedError


def new_command_id() -> str:
    """An id under which one thing is done once."""
    return str(uuid4())


@dataclass(frozen=True, kw_only=True)
class Command(Declared, Generic[R]):
    """A frozen dataclass that asks for a change and applies it inside a unit of work.

    The result is a frozen dataclass of ints and texts, `result_type`: it is kept, and a replay gives it back.
    `code` names the kind wherever it is kept, and stays when the class is called otherwise; `formerly` leads from the
    name that a field had to the one it has.
    """

    needs: ClassVar[Permission] = Permission.CUSTOMER_EDIT
    code: ClassVar[str]
    formerly: ClassVar[Mapping[str, str]] = {}
    result_type: ClassVar[type[Any]]

    command_id: str
    reason: str = ""

    def apply(self, work: UnitOfWork) -> R:
        raise NotImplementedError

    def permission(self) -> Permission:
        """The right that this very command needs; `needs` unless its content decides."""
        return self.needs

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in vars(cls):
            cls.code = cls.__name__


class Beside(Protocol):
    """What is judged and written in the transaction of a command, before it is applied and after, with its result."""

    def before(self, work: UnitOfWork) -> None: ...

    def after(self, work: UnitOfWork, result: Any) -> None: ...


def _refuse_unstorable(asked: Declared) -> None:
    """Invalid at each field whose text one of the two databases could not take."""
    broken = [name for name, value in vars(asked).items() if isinstance(value, str) and not is_storable(value)]
    if broken:
        raise Invalid(
            dict.fromkeys(broken, "This contains a control character, which cannot be stored: type it again.")
        )


def patiently(once: Callable[[], D]) -> D:
    """What is done in one transaction, again where only the moment was wrong; Busy when it stays wrong."""
    for attempt in range(_TRIES):
        try:
            return once()
        except OperationalError as trouble:
            if waited_too_long(trouble):
                break
            if not is_worth_another_try(trouble):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise Busy


class Access:
    """What one signed-in person can see and do on one database."""

    def __init__(self, engine: Engine, actor: Actor, clock: Clock | None = None) -> None:
        self.actor, self.engine, self._clock = actor, engine, clock or clock_of(engine)

    def now(self) -> datetime:
        """The present instant by the clock that was handed in."""
        return self._clock()

    def fetch(self, query: Query[T]) -> T:
        """NotPermitted without the right; otherwise what the query says it gives."""
        return self._fetch(query, self._known(query))

    def look(self, query: Query[T]) -> T:
        """The same, from a standby where there is one: for lists, charts, reports and notebooks (ruling 34)."""
        found = self._from_standby(query, self.last_command())
        return self._fetch(query, {}) if found is None else found[0]

    def fetch_noting(self, query: Query[T], number: int) -> Noted[T]:
        """The same, and what it was read from: as long as no command writes to one of the tables, it holds.

        `number`: of the last command, as it was known before.
        """
        with noting_reads() as statements:
            found = self._from_standby(query, number)  # what is known already would not be noted
            value, as_of = (self._fetch(query, {}), number) if found is None else found
        if standbys_of(self.engine) is not None:
            STANDBY_READS.labels("primary" if found is None else "standby").inc()
        return Noted(value, frozenset[str]().union(*map(tables_read, statements)), as_of)

    def _from_standby(self, query: Query[T], number: int) -> tuple[T, int] | None:
        """What a standby says, and up to which command; None where there is none that is far enough and answers."""
        standbys = standbys_of(self.engine)
        if standbys is None or standbys.are_resting:
            return None
        try:
            with read_turn(standbys.engine), ConfinedSession(standbys.engine, self.actor) as session:
                replayed, behind = session.execute(_REPLAYED).one()
                is_near = behind <= MOST_BEHIND_SECONDS and replayed >= self.last_own_command()
                if replayed < number and not is_near:
                    return None
                return self._run(query, session, {}), min(replayed, number)
        except DBAPIError as trouble:
            if is_away(trouble):
                standbys.rest()
            elif not is_worth_another_try(trouble):  # what it replays took away what was being read
                raise
            return None

    def _fetch(self, query: Query[T], known: dict[Any, Any]) -> T:
        with read_turn(self.engine), ConfinedSession(self.engine, self.actor) as session:
            return self._run(query, session, known)

    def _run(self, query: Query[T], session: Session, known: dict[Any, Any]) -> T:
        self.actor.require(query.needs)
        _refuse_unstorable(query)
        try:
            with timed(QUERIES, type(query).__name__), hiding(hides=not self.actor.may(query.shows)):
                return query.run(Reader(session, self.actor, self._clock(), known))
        except OperationalError as trouble:
            if not was_stopped(trouble):
                raise
            raise TooSlow from trouble

    def _known(self, _query: Query[Any]) -> dict[Any, Any]:
        """What earlier queries of this access have loaded: nothing, unless it lives for one run of a page only."""
        return {}

    def execute(self, command: Command[R], beside: Beside | None = None) -> R:
        """Applies the command once, however often it is sent; the first result is given every time."""
        with timed(COMMANDS, command.code):
            result = patiently(lambda: self._apply(command, beside, is_kept=True))
        if beside is None and self.actor.person_id is not None:  # not each one of thousands
            _DONE.info("command", extra={"command": command.code, "id": command.command_id, "login": self.actor.login})
        return result

    def execute_together(self, commands: Mapping[int, Command[R]]) -> list[R]:
        """Applies commands of new ids, each about the customer of its key, in one transaction: all of them or none.

        Each has its own entry in the audit and its own instant. What one of them refuses is refused for all.
        """
        with timed(COMMANDS, next(iter(commands.values())).code):
            return patiently(lambda: self._apply_together(commands))

    def _apply_together(self, commands: Mapping[int, Command[R]]) -> list[R]:
        orders, results = [(self._header(command), command) for command in commands.values()], list[R]()
        with write_turn(self.engine), unit_of_work(self.engine, self.actor, orders[0][0]) as work:
            work.lock_together(commands.keys())
            for header, command in orders:
                work.take_up(header)
                self._refuse(command)
                results.append(command.apply(work))
                work.end(asdict(results[-1]))  # type: ignore[call-overload]  # R is a frozen dataclass
            work.keep()
        return results

    def _header(self, command: Command[Any]) -> CommandHeader:
        return CommandHeader(
            command.command_id, command.code, payload_hash(command), command.reason.strip(), self._clock
        )

    def _refuse(self, command: Command[Any]) -> None:
        self.actor.require(command.permission())
        _refuse_unstorable(command)

    def rehearse(self, command: Command[R], beside: Beside | None = None) -> R:
        """What the command would give now, or its refusal: it is applied, and nothing of it is kept."""
        return patiently(lambda: self._apply(command, beside, is_kept=False))

    def _apply(self, command: Command[R], beside: Beside | None, *, is_kept: bool) -> R:
        header = self._header(command)
        with write_turn(self.engine), unit_of_work(self.engine, self.actor, header) as work:
            first = work.replayed()  # before any check: a second click is answered, not judged
            if first is not None:
                return command.result_type(**first)  # type: ignore[no-any-return]  # a type of results makes one
            self._refuse(command)
            work.take_up(header)
            if beside is not None:
                beside.before(work)
            result = command.apply(work)
            work.session.flush()  # what the database itself refuses is refused here, also when nothing is kept
            if beside is not None:
                beside.after(work, result)
            if is_kept:
                work.complete(asdict(result))  # type: ignore[call-overload]  # R is a frozen dataclass
            return result

    def last_command(self) -> int:
        """The number of the last command executed on this database; 0 when there was none."""
        with read_turn(self.engine), self.engine.connect() as connection:
            return int(connection.execute(_LAST).scalar_one())

    def last_own_command(self) -> int:
        """The number of this person's last command; 0 when there was none."""
        with read_turn(self.engine), self.engine.connect() as connection:
            return int(connection.execute(_LAST_OWN, {"login": self.actor.login}).scalar_one())

    def written_after(self, number: int, most: int) -> list[tuple[int, frozenset[str]]]:
        """The commands after this one, so many at most, each with the tables that it wrote to."""
        asked = select(_LOG.c.number, _LOG.c.tables).where(_LOG.c.number > number).order_by(_LOG.c.number).limit(most)
        with read_turn(self.engine), self.engine.connect() as connection:
            return [(row.number, tables_written(row.tables)) for row in connection.execute(asked)]


def access_as(engine: Engine, login: str, clock: Clock | None = None) -> Access:
    """What a person can see and do, by the name they sign in with: for notebooks and the command line.

    By the clock of the database, as on its pages, unless another is handed in.

    Rejected when nobody who can sign in has this name.
    """
    with read_turn(engine), Session(engine) as session:
        query = visible(Person, SYSTEM).where(Person.login_key == fold(login), Person.is_active)
        person = session.scalar(query.options(load_only(*ACTS_AS, raiseload=True)))  # roles that only read have no more
        if person is None:
            raise Rejected(f"Nobody who can sign in is called “{login}”.")
        return Access(engine, actor_of(person), clock)
