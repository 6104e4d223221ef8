"""The head of a customer's page: every figure, who may see what, and nothing of strangers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import NotFound, NotPermitted
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.callers import HOLDS, VerifyCaller
from data_access.commands.customers.status import ChangeStatus, PlanMove
from data_access.domain.shown_status import Shown
from data_access.models.card.callers import Checked
from data_access.models.customers import BalanceControl
from data_access.models.money import CollectionStatus
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.customer import CustomerHead, Head
from data_access.queries.status.why import WhyThisState
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer, a_note, a_reseller, a_suspended_customer, an_invoice, later
from tests.support.people import NOW, access_for


def head(engine: Engine, customer_id: int, role: Role = Role.MANAGER, now: datetime = NOW) -> Head:
    return access_for(engine, role, now).fetch(CustomerHead(customer_id))


def test_the_shown_status_leads_and_what_it_hides_follows(engine: Engine) -> None:
    customer = a_suspended_customer(engine, blocked=True, credit_limit=Decimal(10))
    found = head(engine, customer)
    assert found.shown is Shown.BLOCKED
    assert found.also == (Shown.SUSPENDED, Shown.CREDIT_EXCEEDED)


def test_an_active_customer_has_no_second_badge(engine: Engine) -> None:
    found = head(engine, a_customer(engine))
    assert (found.shown, found.also) == (Shown.ACTIVE, ())


def test_overdue_counts_from_the_day_after_the_due_day_ends_where_the_customer_is_billed(engine: Engine) -> None:
    customer = a_customer(engine, billing_zone="America/New_York")
    an_invoice(engine, customer, issued_on=date(2026, 3, 1), due_on=date(2026, 3, 15))
    last_moment = datetime(2026, 3, 16, 3, 59, tzinfo=UTC)  # 23:59 on the due day in New York
    assert head(engine, customer, now=last_moment).overdue is None
    late = head(engine, customer, now=last_moment + timedelta(minutes=1)).overdue
    assert late is not None
    assert (late.days, late.invoices, late.oldest_due_on) == (1, 1, date(2026, 3, 15))


def test_overdue_is_the_sum_of_what_is_open_and_late(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(100), paid=Decimal(40), issued_on=date(2026, 1, 1))
    an_invoice(engine, customer, total=Decimal("24.10"), issued_on=date(2026, 2, 1))
    an_invoice(engine, customer, total=Decimal(500), issued_on=date(2026, 3, 10))
    an_invoice(
        engine,
        customer,
        total=Decimal(7),
        issued_on=date(2026, 1, 2),
        collection_status=CollectionStatus.DO_NOT_COLLECT,
    )
    found = head(engine, customer)
    assert found.overdue is not None
    assert (found.overdue.amount, found.overdue.invoices) == (Decimal("84.10"), 2)
    assert found.overdue.days == (NOW.date() - date(2026, 1, 15)).days
    assert found.outstanding == Decimal("591.10")


def test_utilisation_and_funds_follow_from_balance_and_limit(engine: Engine) -> None:
    found = head(engine, a_customer(engine, balance=Decimal(1240), credit_limit=Decimal(1000)))
    assert (found.utilisation, found.available) == (Decimal("1.24"), Decimal(-240))


def test_no_limit_is_neither_zero_nor_used(engine: Engine) -> None:
    found = head(engine, a_customer(engine, balance=Decimal(5), credit_limit=None))
    assert (found.utilisation, found.available) == (None, None)


def test_a_prepaid_customer_has_funds(engine: Engine) -> None:
    customer = a_customer(engine, balance_control=BalanceControl.PREPAID, balance=Decimal("-12.4"))
    found = head(engine, customer)
    assert found.is_prepaid
    assert found.available == Decimal("12.4")


def test_the_last_payment_is_the_latest_by_its_value_date(engine: Engine) -> None:
    customer = a_customer(engine, balance=Decimal(300))
    access = access_for(engine, Role.MANAGER)
    for amount, day in ((50, date(2026, 3, 10)), (70, date(2026, 2, 1))):
        access.execute(
            BookTransaction(
                customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(amount), value_on=day,
                command_id=new_command_id(),
            )
        )  # fmt: skip
    paid = access.fetch(CustomerHead(customer)).last_payment
    assert paid is not None
    assert (paid.amount, paid.on) == (Decimal(50), date(2026, 3, 10))


def test_a_lift_that_ends_is_the_next_step(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    access = access_for(engine, Role.MANAGER)
    access.execute(
        ChangeStatus(
            customer_id=customer, move="lift_suspension", day=later(5), reason="r", command_id=new_command_id()
        )
    )
    found = access.fetch(CustomerHead(customer))
    assert found.shown is Shown.SUSPENSION_LIFTED
    assert found.next_step is not None
    assert (found.next_step.on, found.next_step.says) == (later(5), "suspended again unless paid")


def test_the_end_of_the_window_is_the_next_step_of_a_provisional_termination(engine: Engine) -> None:
    found = head(engine, a_customer(engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED, terminate_on=later(9)))
    assert found.next_step is not None
    assert (found.next_step.on, found.next_step.says) == (later(9), "permanently terminated unless reactivated")


def test_the_earliest_of_plan_and_termination_date_is_next(engine: Engine) -> None:
    customer = a_customer(engine, terminate_on=later(20))
    access = access_for(engine, Role.MANAGER)
    access.execute(
        PlanMove(
            customer_id=customer, move="provisionally_terminate", due_on=later(4), reason="r",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    step = access.fetch(CustomerHead(customer)).next_step
    assert step is not None
    assert (step.on, step.says) == (later(4), "Provisionally terminate, as planned")


def test_nothing_is_foretold_for_whom_nothing_is_stored(engine: Engine) -> None:
    assert head(engine, a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)).next_step is None
    assert head(engine, a_suspended_customer(engine)).next_step is None


def test_a_requested_midterm_invoice_is_told_until_it_comes(engine: Engine) -> None:
    customer = a_customer(engine)
    access = access_for(engine, Role.MANAGER)
    access.execute(
        ChangeStatus(
            customer_id=customer, move="provisionally_terminate", reason="r", midterm_invoice=True,
            command_id=new_command_id(),
        )
    )  # fmt: skip
    assert access.fetch(CustomerHead(customer)).invoices_requested_at == (NOW,)


def test_only_sticky_notes_stand_under_the_head(engine: Engine) -> None:
    customer = a_customer(engine)
    a_note(engine, customer, text="Speaks French only.", sticky=True)
    a_note(engine, customer, text="Called back.")
    assert [note.text for note in head(engine, customer).notes] == ["Speaks French only."]


def test_names_and_notes_are_masked_without_the_right_to_personal_data(engine: Engine) -> None:
    customer = a_customer(engine, first_name="Nadia", last_name="Kowalska")
    a_note(engine, customer, text="Nadia moved.", sticky=True)
    found = head(engine, customer, Role.ANALYST)
    assert found.name == "N••••• K•••••"
    assert "Nadia" not in found.notes[0].text
    assert head(engine, customer, Role.SUPPORT).name == "Nadia Kowalska"


def test_the_class_is_named_with_its_business_model(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, name="Business EUR", business_model="Business"))
    found = head(engine, customer)
    assert (found.class_name, found.business_model, found.today) == ("Business EUR", "Business", NOW.date())


def test_a_customer_of_another_reseller_is_not_found(engine: Engine) -> None:
    customer = a_customer(engine)
    stranger = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound, match="The customer was not found"):
        stranger.fetch(CustomerHead(customer))


def test_a_customer_that_does_not_exist_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        head(engine, 987654)


def test_what_must_be_paid_now_is_one_figure_wherever_it_stands(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(10), issued_on=date(2026, 2, 1), due_on=date(2026, 5, 1))
    an_invoice(engine, customer, total=Decimal(5), issued_on=date(2026, 2, 2), due_on=date(2026, 2, 20))
    late = head(engine, customer).overdue
    assert late is not None
    assert (late.amount, late.to_pay) == (Decimal(5), Decimal(15))
    ways = access_for(engine, Role.SUPPORT).fetch(WhyThisState(customer)).causes[0].ways
    assert ways[0].amount == late.to_pay


def test_who_calls_is_told_masked_for_whom_may_not_see_it(engine: Engine) -> None:
    customer = a_customer(engine, company_name="Acme", phone="+49 30 123456", email="ann@acme.example", city="Berlin")
    plain, masked = head(engine, customer, Role.SUPPORT).caller, head(engine, customer, Role.ANALYST).caller
    assert [(one.label, one.words) for one in plain] == [
        ("Company", "Acme"), ("Phone", "+49 30 123456"), ("Email", "ann@acme.example"), ("City", "Berlin"),
    ]  # fmt: skip
    assert [one.label for one in masked] == [one.label for one in plain]
    assert not {one.words for one in plain} & {one.words for one in masked}
    assert all(one.is_masked for one in masked)


def test_a_verified_caller_is_so_for_every_colleague_and_for_half_an_hour(engine: Engine) -> None:
    customer = a_customer(engine)
    assert head(engine, customer).verified is None
    order = VerifyCaller(customer_id=customer, checked=Checked.PERSONAL_DATA, command_id=new_command_id())
    support = access_for(engine, Role.SUPPORT)
    support.execute(order)
    found = head(engine, customer, Role.MANAGER, NOW + HOLDS - timedelta(seconds=1)).verified
    assert found is not None
    assert (found.login, found.at, found.until) == (support.actor.login, NOW, NOW + HOLDS)
    assert head(engine, customer, now=NOW + HOLDS).verified is None
    audit = access_for(engine, Role.ADMIN).fetch(CustomerAudit(customer)).rows
    assert ("Caller verification", support.actor.login) in {(entry.entity, entry.login) for entry in audit}
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ANALYST).execute(replace(order, command_id=new_command_id()))


PREPAID = {"balance_control": BalanceControl.PREPAID, "credit_limit": None}


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({"balance": Decimal(30)}, (0, 0, 30, 0)),
        ({"unallocated": Decimal(30), "balance": Decimal(-30)}, (0, 0, 0, 30)),
        ({"unallocated": Decimal(30), "balance": Decimal(-20)} | PREPAID, (0, 0, 10, 30)),
        ({"balance": Decimal(-5)} | PREPAID, (0, 0, -5, 0)),
    ],
)
def test_the_parts_of_a_balance_come_to_it(engine: Engine, given: dict[str, Any], parts: tuple[int, ...]) -> None:
    customer = a_customer(engine, **given)
    told = head(engine, customer).parts
    assert (told.now, told.later, told.not_invoiced, told.in_advance) == parts
    assert told.balance == given["balance"]


def test_what_must_be_paid_now_is_what_ends_the_delay(engine: Engine) -> None:
    customer = a_customer(engine, balance=Decimal(7))
    an_invoice(engine, customer, total=Decimal(100), issued_on=date(2026, 1, 1))
    an_invoice(engine, customer, total=Decimal(50), issued_on=date(2026, 3, 10))
    told = head(engine, customer)
    assert told.overdue is not None
    assert told.parts.now == told.overdue.to_pay == 100
    assert (told.parts.later, told.parts.not_invoiced) == (50, 7)
    assert told.parts.balance == told.balance == 157
