"""Paying by card, from the request to the booking: no transaction of ours is open during the call to the bank.

The request stands in the database before it is sent, so a crash at any point leaves a trace that is settled later; the
bank does a key once, and its answer is booked once.
"""

from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM
from data_access.commands.cards.auto_payments import RequestAutoPayment
from data_access.commands.cards.card_answers import CardDone, Outcome, RecordCardAnswer
from data_access.commands.cards.cards import (
    CaptureCardPayment,
    CardAsked,
    RefundCardPayment,
    RequestCardPayment,
    VoidCardPayment,
)
from data_access.queries.cards.cards import CardInstruction, OpenRequest
from data_access.store.access import Access, new_command_id
from data_access.store.gateway import Answer, Gateway, NoAnswer

CardOrder = RequestAutoPayment | RequestCardPayment | CaptureCardPayment | VoidCardPayment | RefundCardPayment


def carry_out(access: Access, gateway: Gateway, order: CardOrder) -> CardDone:
    """Makes the request in the person's name, sends it to the bank, and writes down the answer or that none came."""
    requested: CardAsked = access.execute(order)
    system = _system(access)
    instruction = system.fetch(CardInstruction(requested.operation_id))
    try:
        answer = gateway.send(instruction)
    except NoAnswer:
        return system.execute(_record(requested.operation_id, Outcome.UNKNOWN))
    return system.execute(_answered(requested.operation_id, answer))


def settle_card_payment(access: Access, gateway: Gateway, card_payment_id: int) -> CardDone | None:
    """Asks the bank what became of the open request of a card payment; None when it has its answer already.

    Rejected when the bank does not answer: it is asked again later.
    """
    system = _system(access)
    operation_id = system.fetch(OpenRequest(card_payment_id))
    if operation_id is None:
        return None
    try:
        answer = gateway.ask(system.fetch(CardInstruction(operation_id)).key)
    except NoAnswer as silence:
        raise Rejected("The bank does not answer. It is asked again later; nothing is charged twice.") from silence
    return system.execute(_answered(operation_id, answer))


def _system(access: Access) -> Access:
    return Access(access.engine, SYSTEM, access.now)


def _answered(operation_id: int, answer: Answer) -> RecordCardAnswer:
    outcome = Outcome.APPROVED if answer.approved else Outcome.REFUSED
    return _record(operation_id, outcome, reference=answer.reference, why=answer.why)


def _record(operation_id: int, outcome: Outcome, *, reference: str = "", why: str = "") -> RecordCardAnswer:
    return RecordCardAnswer(
        operation_id=operation_id, outcome=outcome, reference=reference, why=why, command_id=new_command_id()
    )
