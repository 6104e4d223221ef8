"""The card gateway: its requests, and a local one whose ledger simulates the bank's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_access.base.clock import Clock
from data_access.base.engine import Door, write_turn
from data_access.base.money import ZERO
from data_access.models.cards import Asked, BankOperation


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing asked. `key` is done once, however often it is sent; `about` is the key of the payment's first one."""

    key: str
    operation: Asked
    token: str
    about: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank decided, for good; `why` when it refused."""

    approved: bool
    reference: str = ""
    why: str = ""


class NoAnswer(Exception):
    """The gateway did not answer in time: whether it was done is not known until it is asked for."""


class Gateway(Protocol):
    """What every gateway does. It is never called within a transaction of ours."""

    def send(self, instruction: Instruction) -> Answer:
        """Does it once a key; NoAnswer when the outcome is not known."""

    def ask(self, key: str) -> Answer:
        """What became of a key. One that never arrived is closed by this: it is not done any more, if it comes late."""


NEVER_ARRIVED = Answer(False, why="The request never reached the bank: nothing was done.")
_DECLINED = Answer(False, why="The bank declined the card.")
_NO_CARD = Answer(False, why="The bank does not know this card.")
_NOT_HELD = Answer(False, why="The bank holds no reserved money for this payment.")
_TOO_MUCH = Answer(False, why="That is more than the bank holds of this payment.")
_MARK = re.compile(r"test-(approve|refuse|lost-before|lost-after)(?:-on-([a-z]+))?(?:-.*)?")
_CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LocalGateway:
    """A bank in the database, committing by itself. Test tokens say how it behaves: `test-approve`, `test-refuse`,
    `test-lost-before` and `test-lost-after`: no answer, before or after it was done. `-on-capture` and its like: only
    then, approving the rest. Anything else that follows tells cards apart.
    """

    engine: Engine
    clock: Clock

    def send(self, instruction: Instruction) -> Answer:
        behaviour = _behaviour(instruction)
        if behaviour == "lost-before":
            raise NoAnswer(instruction.key)
        answer = self._once(instruction, behaviour)
        if behaviour == "lost-after":
            raise NoAnswer(instruction.key)
        return answer

    def ask(self, key: str) -> Answer:
        return self._once(Instruction(key, Asked.VOID, "", "", ZERO, ""), _CLOSED)

    def _once(self, instruction: Instruction, behaviour: str) -> Answer:
        try:
            with self._own_transaction() as session:
                return self._decide(session, instruction, behaviour)
        except IntegrityError:  # the key came before: what was answered then holds
            with Session(self.engine) as session:
                return _known(session, instruction.key)

    @contextmanager
    def _own_transaction(self) -> Iterator[Session]:
        door = Door(is_open=True)
        with write_turn(self.engine), Session(self.engine.execution_options(door=door)) as session, session.begin():
            yield session

    def _decide(self, session: Session, instruction: Instruction, behaviour: str) -> Answer:
        answer = NEVER_ARRIVED if behaviour == _CLOSED else _decision(session, instruction, behaviour)
        session.add(
            BankOperation(
                key=instruction.key,
                operation=_CLOSED if behaviour == _CLOSED else instruction.operation.value,
                token=instruction.token,
                about=instruction.about,
                amount=instruction.amount,
                currency=instruction.currency,
                answer=asdict(answer),
                at=self.clock(),
            )
        )
        session.flush()
        return answer


def _behaviour(instruction: Instruction) -> str:
    mark = _MARK.fullmatch(instruction.token)
    if mark is None:
        return "unknown"
    only_on = mark[2]
    return mark[1] if only_on not in set(Asked) or only_on == instruction.operation else "approve"


def _known(session: Session, key: str) -> Answer:
    return Answer(**session.scalars(select(BankOperation).where(BankOperation.key == key)).one().answer)


def _decision(session: Session, instruction: Instruction, behaviour: str) -> Answer:
    if behaviour in ("unknown", "refuse"):
        return _DECLINED if behaviour == "refuse" else _NO_CARD
    approved = Answer(True, reference=f"bank-{instruction.key}"[:80])
    if instruction.operation in (Asked.CHARGE, Asked.AUTHORISE):
        return approved
    held = _held(session, instruction.about)
    if instruction.operation is Asked.REFUND:
        return approved if instruction.amount <= held.taken - held.refunded else _TOO_MUCH
    if not held.is_reserved:
        return _NOT_HELD
    return approved if instruction.operation is Asked.VOID or instruction.amount <= held.reserved else _TOO_MUCH


@dataclass(frozen=True, slots=True)
class _Held:
    """What the bank has of one payment."""

    reserved: Decimal
    is_reserved: bool
    taken: Decimal
    refunded: Decimal


def _held(session: Session, about: str) -> _Held:
    first = session.scalars(select(BankOperation).where(BankOperation.key == about).with_for_update()).one_or_none()
    rows = session.scalars(select(BankOperation).where(BankOperation.about == about)).all()
    done = [row for row in (first, *rows) if row is not None and Answer(**row.answer).approved]

    def total(*operations: Asked) -> Decimal:
        return sum((row.amount for row in done if row.operation in operations), ZERO)

    is_over = any(row.operation in (Asked.CAPTURE, Asked.VOID) for row in done)
    reserved = total(Asked.AUTHORISE)
    return _Held(reserved, reserved > 0 and not is_over, total(Asked.CHARGE, Asked.CAPTURE), total(Asked.REFUND))
