"""One customer: what the header of its page shows, with every figure that differs from customer to customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.permissions import Actor, Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.masking import shown as shown_text
from data_access.base.text.masking import shown_name
from data_access.base.text.text_keys import display_name
from data_access.domain.lifecycle import StatusFacts
from data_access.domain.sections import ADDRESS_INFO
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl, BillingPeriod, Customer
from data_access.queries.customer_situation import CustomerSituation, situation_of
from data_access.queries.forecast.customer_forecast import steps_of
from data_access.queries.forecast.forecast_steps import ForecastStep
from data_access.queries.forecast.next_step import NextStep, first_by_debt, next_step
from data_access.store.access import Query, Reader

_STICKY_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is late: the sum, how many invoices, the oldest due day and how many days it has passed.

    `to_pay`: what must be paid now to leave nothing late; a payment settles older invoices first, also those not due.
    """

    amount: Decimal
    to_pay: Decimal
    invoices: int
    oldest_due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class LastPayment:
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class StickyNote:
    """A remark that stands under the head of the page."""

    note_id: int
    version: int
    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Essential:
    """What a caller is asked for first: masked, and then not to be copied, for who may not see it."""

    label: str
    words: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class VerifiedCaller:
    """That a caller was found to be the customer, while it holds."""

    at: datetime
    until: datetime
    login: str


@dataclass(frozen=True, slots=True)
class BalanceParts:
    """What the balance is made of: its parts, less what was paid in advance, come to it exactly.

    `now`: what must be paid at once to leave nothing overdue; `later`: of open invoices the rest.
    """

    now: Decimal
    later: Decimal
    not_invoiced: Decimal
    in_advance: Decimal

    @property
    def balance(self) -> Decimal:
        return self.now + self.later + self.not_invoiced - self.in_advance


@dataclass(frozen=True, slots=True)
class Head:
    """Everything the head of the page shows. Balance: positive when the customer owes.

    `credit_limit` is the one in force: raised for a time until `raised_until`, if that is not None.
    """

    customer_id: int
    customer_code: str
    name: str
    version: int
    shown: Shown
    also: tuple[Shown, ...]
    facts: StatusFacts
    class_id: int
    class_name: str
    business_model: str
    currency: str
    balance_control: BalanceControl
    balance: Decimal
    credit_limit: Decimal | None
    raised_until: datetime | None
    outstanding: Decimal
    unallocated: Decimal
    overdue: Overdue | None
    last_payment: LastPayment | None
    next_step: NextStep | None
    zone: str
    billing_period: BillingPeriod
    created_on: date
    today: date
    notes: tuple[StickyNote, ...]
    invoices_requested_at: tuple[datetime, ...]
    legal_hold: bool
    overrides_tariffs: bool
    caller: tuple[Essential, ...]
    verified: VerifiedCaller | None
    parts: BalanceParts
    has_custom_fields: bool
    tags: Mapping[int, str]

    @property
    def is_prepaid(self) -> bool:
        return self.balance_control is BalanceControl.PREPAID

    @property
    def is_closed(self) -> bool:
        return self.facts.bill_status is BillStatus.PERMANENTLY_TERMINATED

    @property
    def available(self) -> Decimal | None:
        """What is left to spend; None: no limit."""
        if self.is_prepaid:
            return -self.balance
        return None if self.credit_limit is None else self.credit_limit - self.balance

    @property
    def utilisation(self) -> Decimal | None:
        """The share of the credit limit in use; None where there is no limit above zero."""
        return self.balance / self.credit_limit if self.credit_limit else None


@dataclass(frozen=True)
class CustomerHead(Query[Head]):
    """The head of one customer's page; NotFound for a customer that this actor cannot see."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Head:
        case = situation_of(reader, self.customer_id)
        customer, beside = case.of.customer, case.beside
        return Head(
            customer_id=customer.id,
            customer_code=customer.customer_code,
            name=shown_name(
                reader.actor,
                company_name=customer.company_name,
                first_name=customer.first_name,
                last_name=customer.last_name,
                customer_code=customer.customer_code,
            ),
            has_custom_fields=case.of.has_custom_fields,
            version=customer.version,
            shown=case.of.holds[0],
            also=case.of.holds[1:-1],
            facts=case.facts,
            class_id=case.of.of_class.id,
            class_name=case.of.of_class.name,
            business_model=case.of.of_class.business_model,
            currency=customer.currency,
            balance_control=customer.balance_control,
            balance=customer.balance,
            credit_limit=case.of.credit_limit,
            raised_until=_while_it_runs(customer.temporary_limit_until, case.of.now),
            outstanding=customer.outstanding,
            unallocated=customer.unallocated,
            overdue=_overdue(case),
            last_payment=next((LastPayment(-paid.amount, paid.value_on) for paid in beside["payments"]), None),
            next_step=_next_step(case, steps_of(reader, customer.id)),
            zone=customer.billing_zone,
            billing_period=customer.billing_period,
            created_on=day_in(customer.billing_zone, customer.created_at),
            today=case.of.today,
            notes=tuple(
                StickyNote(note.id, note.version, note.at, note.author, shown_text(note.text, reader.actor))
                for note in beside["notes"]
            ),
            invoices_requested_at=tuple(request.at for request in beside["requests"]),
            legal_hold=customer.legal_hold,
            overrides_tariffs=bool(beside["overrides"]),
            caller=_caller(reader.actor, customer),
            verified=next((VerifiedCaller(row.at, row.holds_until, row.login) for row in beside["verified"]), None),
            parts=_parts(case),
            tags={row.id: row.name for row in beside["tags"]},
        )


_ESSENTIALS = ("phone", "email", "city", "contact")


def _caller(actor: Actor, customer: Customer) -> tuple[Essential, ...]:
    """Person or company, phone, e-mail, city, contact: those that are known."""
    is_masked = not actor.may(Permission.PERSONAL_READ)
    name = display_name(
        company_name=customer.company_name, first_name=customer.first_name, last_name=customer.last_name,
        customer_code="",
    )  # fmt: skip
    who = ("Company" if customer.company_name else "Person", shown_text(name, actor))
    words = ADDRESS_INFO.words(customer, actor)
    rest = ((ADDRESS_INFO[name].label, words[name]) for name in _ESSENTIALS)
    return tuple(Essential(label, words, is_masked) for label, words in (who, *rest) if words)


def _parts(case: CustomerSituation) -> BalanceParts:
    customer = case.of.customer
    now = case.clears_overdue
    return BalanceParts(now, customer.outstanding - now, case.not_invoiced, customer.unallocated)


def _while_it_runs(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None


def _overdue(case: CustomerSituation) -> Overdue | None:
    late = [invoice for invoice in case.debt.invoices if invoice.is_overdue]
    if not late:
        return None
    oldest = min(invoice.due_on for invoice in late)
    amount = sum((invoice.open for invoice in late), ZERO)
    return Overdue(amount, case.clears_overdue, len(late), oldest, (case.of.today - oldest).days)


def _next_step(case: CustomerSituation, ahead: Sequence[ForecastStep]) -> NextStep | None:
    return next_step(
        bill_status=case.of.customer.bill_status,
        lifted_until=case.of.customer.suspension_lifted_until,
        terminate_on=case.of.customer.terminate_on,
        zone=case.of.customer.billing_zone,
        now=case.of.now,
        plans=[(plan.move, plan.due_on) for plan in case.beside["plans"]],
        by_debt=first_by_debt(ahead),
    )
