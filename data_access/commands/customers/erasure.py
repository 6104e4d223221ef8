"""Personal data of the permanently terminated: erased after its retention period, unless a legal hold prevents it."""

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import inspect

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.retention import is_over
from data_access.models.card.custom_fields import CustomValue
from data_access.models.card.dialing import AbbreviatedNumber
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.card.service_configuration import LegalIntercept
from data_access.models.cards import PaymentMethod
from data_access.models.customers import Customer, Note
from data_access.models.history import Change, PersonalValue
from data_access.models.outbox import Channel, Message, MessageState
from data_access.services.facts.fees_of_customer import class_of
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

ERASED = "Erased"
_STAYS = {"company_name": ERASED, "name_key": fold(ERASED), "texts_key": {"company_name": fold(ERASED)}}
_GIVEN_UP = "The personal data of the customer was erased."


@dataclass(frozen=True, slots=True)
class Erasure:
    """`erased` 0: it was not due any more, and nothing was done. `values`: those taken out of the audit."""

    customer_id: int
    erased: int
    values: int


@dataclass(frozen=True, slots=True)
class HoldSet:
    customer_id: int
    legal_hold: bool


@dataclass(frozen=True, kw_only=True)
class ErasePersonal(Command[Erasure]):
    """Erases what is personal of a customer whose time is over: in its row, its notes, its messages and the audit.

    Sums, bookings, invoices and the audit itself stay; the tokens of its cards and its logins go.
    """

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = Erasure

    customer_id: int

    def apply(self, work: UnitOfWork) -> Erasure:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        months = class_of(work, customer).purge_after_months
        if customer.erased_at is not None or not is_over(customer, months, work.now):
            return Erasure(customer.id, 0, 0)
        _erase_row(customer)
        _erase_notes(work, customer)
        _erase_cards(work, customer)
        _erase_self_care(work, customer)
        _erase_custom_values(work, customer)
        _erase_abbreviated_numbers(work, customer)
        customer.erased_at = work.now
        work.session.flush()
        _forget_what_was(work)
        _erase_messages(work, customer)
        return Erasure(customer.id, 1, _erase_audit(work, customer))


def _erase_row(customer: Customer) -> None:
    for column in inspect(Customer).columns:
        if column.info.get("personal"):
            setattr(customer, column.key, _STAYS.get(column.key, ""))


def _erase_notes(work: UnitOfWork, customer: Customer) -> None:
    for note in work.session.scalars(work.select(Note).where(Note.customer_id == customer.id)):
        note.text = ERASED


def _erase_cards(work: UnitOfWork, customer: Customer) -> None:
    for card in work.session.scalars(work.select(PaymentMethod).where(PaymentMethod.customer_id == customer.id)):
        card.token, card.mandate = f"erased-{card.id}", card.mandate and ERASED
        card.removed_at = card.removed_at or work.now


def _erase_self_care(work: UnitOfWork, customer: Customer) -> None:
    logins = work.select(SelfCareLogin).where(SelfCareLogin.customer_id == customer.id)
    for login in work.session.scalars(logins):
        login.login = login.login_key = login.password_hash = None
    for care in work.session.scalars(work.select(SelfCare).where(SelfCare.customer_id == customer.id)):
        care.api_token_hash = None
    for intercept in work.session.scalars(work.select(LegalIntercept).where(LegalIntercept.customer_id == customer.id)):
        intercept.court_order = ""


def _erase_custom_values(work: UnitOfWork, customer: Customer) -> None:
    for row in work.session.scalars(work.select(CustomValue).where(CustomValue.customer_id == customer.id)):
        row.personal_value = row.personal_key = ""


def _erase_abbreviated_numbers(work: UnitOfWork, customer: Customer) -> None:
    mine = work.select(AbbreviatedNumber).where(AbbreviatedNumber.customer_id == customer.id)
    for row in work.session.scalars(mine):
        row.target = row.description = ""


def _forget_what_was(work: UnitOfWork) -> None:
    """The audit of the erasure itself must not keep what it erases."""
    work.changes[:] = [
        replace(change, before=None, after=ERASED) if change.personal else change for change in work.changes
    ]


def _erase_messages(work: UnitOfWork, customer: Customer) -> None:
    for message in work.session.scalars(work.select(Message).where(Message.customer_id == customer.id)):
        if message.channel is Channel.WEBHOOK and message.state is MessageState.WAITING:
            message.payload = {name: value for name, value in message.payload.items() if name != "account_codes"}
            continue
        if message.state is MessageState.WAITING:
            message.state = MessageState.FAILED
        message.recipient = message.subject = message.body = ""
        message.payload = {}
        message.last_error = _GIVEN_UP if message.state is MessageState.FAILED else ""


def _erase_audit(work: UnitOfWork, customer: Customer) -> int:
    """Takes the old and new personal values out of the audit; the digests that vouch for it stay."""
    query = work.select(Change).where(Change.customer_id == customer.id, Change.personal_id.is_not(None))
    values = work.session.scalars(
        work.select(PersonalValue).where(
            PersonalValue.id.in_(query.with_only_columns(Change.personal_id)), PersonalValue.erased_at.is_(None)
        )
    ).all()
    for value in values:
        value.before = value.after = value.salt = None
        value.erased_at = work.now
    return len(values)


@dataclass(frozen=True, kw_only=True)
class SetLegalHold(Command[HoldSet]):
    """Puts a customer under a legal hold, or ends it: while it stands, nothing is erased and nothing archived."""

    needs: ClassVar = Permission.PERSONAL_HOLD
    result_type: ClassVar = HoldSet

    customer_id: int
    hold: bool

    def apply(self, work: UnitOfWork) -> HoldSet:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        if not self.reason.strip():
            raise Invalid({"reason": "Give the reason: anyone who asks for the data later has to know it."})
        if customer.legal_hold is self.hold:
            raise Rejected(
                "The customer is already under a legal hold."
                if self.hold
                else "The customer is not under a legal hold."
            )
        customer.legal_hold = self.hold
        return HoldSet(customer.id, customer.legal_hold)
