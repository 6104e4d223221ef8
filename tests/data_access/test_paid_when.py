"""How well collection works, and who came and went: counted by day and outcome, as the pages count."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect
from data_access.models.collection import PromiseState
from data_access.queries.collections.paid_when import InvoicesPaidWhen, PaidWhen, PromisesKept
from data_access.queries.collections.sums import OwedByCurrency
from data_access.queries.status.moves_by_day import MovesByDay
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.filters import LISTED
from data_access.search.operations import O
from data_access.store.access import Access, Command, new_command_id
from tests.support.builders import a_class, a_customer, a_promise, an_invoice
from tests.support.people import access_for

ISSUED, DUE = date(2026, 3, 2), date(2026, 3, 9)
TODAY = datetime(2026, 3, 30, 12, tzinfo=UTC)
GONE = AdvancedFilter((Condition("status", O.IS, (BillStatus.PERMANENTLY_TERMINATED.value,)),))


def done(engine: Engine, command: Command[object], on: date) -> None:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    Access(engine, SYSTEM, lambda: at).execute(command)


def pays(engine: Engine, customer: int, on: date) -> None:
    payment = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(100), command_id=new_command_id()
    )
    done(engine, payment, on)


def test_an_invoice_is_paid_by_its_day_or_late_or_after_a_suspension_or_never(engine: Engine) -> None:
    of_class = a_class(engine, suspend_after=6, working_days_only=False)
    in_time, late, after, never, later = (
        a_customer(engine, customer_class_id=of_class, customer_code=f"C-{number}") for number in range(5)
    )
    for customer in (in_time, late, after, never):
        an_invoice(engine, customer, issued_on=ISSUED, due_on=DUE)
    an_invoice(engine, later, issued_on=ISSUED, due_on=TODAY.date() + timedelta(days=1))
    pays(engine, in_time, DUE)
    pays(engine, late, DUE + timedelta(days=1))
    done(engine, Collect(customer_id=after, command_id=new_command_id()), DUE + timedelta(days=8))
    pays(engine, after, DUE + timedelta(days=9))
    analyst = access_for(engine, Role.ANALYST, now=TODAY)
    found = analyst.fetch(InvoicesPaidWhen())
    told = {row.outcome: (row.currency, row.invoices, row.total - row.paid) for row in found.itertuples()}
    assert told == {
        outcome.value: ("EUR", 1, Decimal(owed))
        for outcome, owed in (
            (PaidWhen.BEFORE_DUE, 0), (PaidWhen.BEFORE_SUSPENSION, 0), (PaidWhen.AFTER_SUSPENSION, 0),
            (PaidWhen.NEVER, 100), (PaidWhen.NOT_DUE, 100),
        )
    }  # fmt: skip
    assert [row.overdue for row in analyst.fetch(OwedByCurrency(LISTED)) or ()] == [Decimal(100)]
    assert analyst.fetch(InvoicesPaidWhen(issued_from=ISSUED + timedelta(days=1))).empty
    assert analyst.fetch(InvoicesPaidWhen(GONE)).empty


def test_promises_are_counted_by_what_became_of_them(engine: Engine) -> None:
    one, other = a_customer(engine), a_customer(engine, currency="JPY")
    over = {"due_at": TODAY, "decided_at": TODAY}
    a_promise(engine, one, state=PromiseState.BROKEN, **over)
    a_promise(engine, one, state=PromiseState.BROKEN, received=Decimal(5), **over)
    a_promise(engine, other)
    found = access_for(engine, Role.ANALYST, now=TODAY).fetch(PromisesKept())
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("EUR", "broken", 2, 1, Decimal(40), Decimal(5)), ("JPY", "open", 1, 1, Decimal(20), Decimal(0)),
    ]  # fmt: skip


def test_moves_are_counted_by_day(engine: Engine) -> None:
    came = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    of_class = a_class(engine, suspend_after=6, working_days_only=False)
    debtor = a_customer(engine, created_at=came, customer_class_id=of_class)
    a_customer(engine, created_at=came + timedelta(minutes=2))
    an_invoice(engine, debtor, issued_on=ISSUED, due_on=DUE)
    done(engine, Collect(customer_id=debtor, command_id=new_command_id()), DUE + timedelta(days=8))
    found = access_for(engine, Role.ANALYST, now=TODAY).fetch(MovesByDay())
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        (date(2026, 3, 1), "created", "open", "open", 1),
        (date(2026, 3, 2), "created", "open", "open", 1),
        (date(2026, 3, 17), "suspend", "open", "suspended", 1),
    ]
