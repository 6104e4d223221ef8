"""Demo data: every customer walked, on both databases."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, Row, func, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.engine import make_engine
from data_access.base.errors import Rejected
from data_access.base.payment_methods import MethodKind
from data_access.base.permissions import PEOPLE_ROLES, SYSTEM
from data_access.base.statuses import RUNNING, BillStatus, SuspensionCause
from data_access.commands.billing.periods import ClosePeriod
from data_access.commands.cards.cardnumbers import holds_card_number
from data_access.domain.billing.periods import period_of
from data_access.domain.collections.pacing import due
from data_access.domain.lifecycle import facts_of
from data_access.domain.passwords import DEMO_SIGN_INS
from data_access.domain.shown_status import Shown, shown_status
from data_access.domain.usage.quotas import price_of_rest
from data_access.models.card.callers import CallerVerification
from data_access.models.cards import Asked, CardPayment, PaymentMethod
from data_access.models.collection import CollectionPolicy, CollectionStep, Promise, Step, WarningThreshold
from data_access.models.customers import Account, BalanceControl, Customer, Note
from data_access.models.history import Change, CommandLog, InvoiceRequest, PlannedMove
from data_access.models.jobs import Archive
from data_access.models.kept.foreseen import OutdatedForecast
from data_access.models.money import OPEN, Invoice, InvoiceLine, PaymentStatus
from data_access.models.outbox import Webhook
from data_access.models.people import Person
from data_access.models.quotas import MeasuredUse, Quota, QuotaUse
from data_access.queries.billing.periods import DueFees, DueFundChecks, DuePeriods
from data_access.queries.collections.collection_due import DueCollection
from data_access.queries.jobs.retention_rows import ErasuresAhead, LegalHolds
from data_access.queries.services.quotas import QuotasOf
from data_access.seed.card.rare_tabs import MODELS as RARE
from data_access.seed.demo import seed
from data_access.services.facts.cases import debts_of
from data_access.store.access import Access, Reader, new_command_id
from data_access.store.gateway import Instruction, LocalGateway, NoAnswer
from data_access.store.sign_ins import sign_in
from tests.support.builders import a_customer
from tests.support.ledgers import Ledgers, read_ledgers
from tests.support.visits import visited_too_late

NOW = datetime(2026, 3, 30, 9, 41, tzinfo=UTC)


@dataclass(frozen=True)
class Demo:
    engine: Engine
    ledgers: Ledgers
    size: int


@pytest.fixture(scope="module", params=[("sqlite", 1000), ("postgresql", 200)], ids=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest) -> Iterator[Demo]:
    kind, size = request.param
    with request.getfixturevalue(f"{kind}_databases").fresh() as url:
        engine = make_engine(url)
        seed(engine, size, clock=lambda: NOW, with_demo_people=True)
        yield Demo(engine, read_ledgers(engine), size)
        engine.dispose()


def test_every_balance_is_the_sum_of_its_transactions(demo):
    assert demo.ledgers.unlike_their_transactions() == []


def test_nothing_is_booked_before_the_customer_came(demo):
    assert demo.ledgers.out_of_time() == []


def test_nothing_lies_in_the_future(demo):
    assert max(row.at for row in (*demo.ledgers.transactions, *demo.ledgers.events)) <= NOW


def test_every_invoice_was_issued_under_terms_that_held_by_then(demo):
    with Session(demo.engine) as session:
        terms = select(Invoice.issued_on, CollectionPolicy.at)
        rows = session.execute(terms.join(CollectionPolicy, CollectionPolicy.id == Invoice.policy_id)).all()
    assert [row for row in rows if row.at.date() > row.issued_on] == []


def test_no_payment_is_spent_twice(demo):
    assert demo.ledgers.payments_overspent() == []


def test_every_invoice_is_paid_by_its_allocations(demo):
    assert demo.ledgers.invoices_unlike_their_allocations() == []


def test_every_payment_status_follows_from_what_is_paid(demo):
    assert demo.ledgers.invoices_of_wrong_payment_status() == []


def test_collection_visits_everyone_in_time(demo):
    assert visited_too_late(demo.engine, NOW) == []


def test_a_run_right_after_the_seeding_finds_nothing_of_the_past(demo):
    assert Access(demo.engine, SYSTEM, lambda: NOW).fetch(DueCollection()) == []
    with Session(demo.engine) as session:
        customers = session.scalars(select(Customer)).all()
        debts = debts_of(Reader(session, SYSTEM, NOW), [one.id for one in customers])
        left = [one.id for one in customers if one.id in debts and due(debts[one.id].cases, facts_of(one), NOW)]
    assert (len(debts) > 0, left) == (True, [])


def test_every_limitation_and_suspension_has_its_step_of_the_day_that_the_terms_say(demo):
    with demo.engine.connect() as connection:
        steps = connection.execute(select(CollectionStep.__table__)).all()
    told = {Step.LIMIT: "limit_service", Step.SUSPEND: "suspend"}
    taken = sorted((row.customer_id, row.due_at, told[row.step]) for row in steps if row.step in told)
    waiting = {row.id for row in waiting_for_funds(demo)}
    happened = [row for row in demo.ledgers.events if row.customer_id not in waiting]
    moves = sorted((row.customer_id, row.at, row.move) for row in happened if row.move in told.values())
    assert len(taken) > demo.size / 20
    assert taken == moves
    suspended = {
        (row.id, row.suspended_at) for row in demo.ledgers.customers if row.suspended_at and row.id not in waiting
    }
    assert suspended <= {(row.customer_id, row.at) for row in steps if row.step is Step.SUSPEND}


def test_every_invoice_that_was_not_paid_in_time_has_become_overdue_once(demo):
    with demo.engine.connect() as connection:
        steps = connection.execute(select(CollectionStep.__table__)).all()
    overdue = [row.invoice_id for row in steps if row.step is Step.OVERDUE]
    living = {row.id for row in demo.ledgers.customers if row.bill_status in RUNNING}
    wanted = {
        row.id
        for row in demo.ledgers.invoices
        if row.customer_id in living and row.payment_status in OPEN and row.overdue_from <= NOW
    }
    assert len(overdue) == len(set(overdue))
    assert (len(wanted) > 0, wanted - set(overdue)) == (True, set())


def test_every_summary_follows_from_the_rows(demo):
    assert demo.ledgers.summaries_gone_wrong() == []


def test_every_last_status_event_tells_the_facts(demo):
    assert demo.ledgers.events_unlike_the_facts() == []


def waiting_for_funds(demo: Demo) -> list[Any]:
    return [row for row in demo.ledgers.customers if row.suspension_cause is SuspensionCause.INSUFFICIENT_FUNDS]


def test_who_waits_for_funds_is_prepaid_and_has_none(demo):
    found = waiting_for_funds(demo)
    assert {(row.balance_control, row.balance, row.suspended_at) for row in found} == {
        (BalanceControl.PREPAID, Decimal(0), NOW)
    }
    access = Access(demo.engine, SYSTEM, lambda: NOW)
    assert (access.fetch(DueFundChecks()), set(access.fetch(DueFees())) & {row.id for row in found}) == ([], set())


def test_who_is_suspended_by_collection_owes_something_overdue(demo):
    suspended = [row for row in demo.ledgers.customers if row.suspension_cause is SuspensionCause.COLLECTION]
    assert suspended
    assert all(row.first_overdue_from <= row.suspended_at <= NOW for row in suspended)


def test_who_is_not_suspended_is_not_long_overdue(demo):
    active = [row for row in demo.ledgers.customers if row.bill_status is BillStatus.OPEN and row.first_overdue_from]
    assert all(row.first_overdue_from > NOW - timedelta(days=10) for row in active)


def test_a_provisional_termination_ends_in_the_future(demo):
    ends = [
        row.terminate_on for row in demo.ledgers.customers if row.bill_status is BillStatus.PROVISIONALLY_TERMINATED
    ]
    assert ends
    assert min(ends) > NOW.date()


def test_every_customer_is_there(demo):
    assert len(demo.ledgers.customers) == demo.size


def test_every_customer_has_an_account(demo):
    with demo.engine.connect() as connection:
        with_one = connection.scalar(select(func.count(Account.customer_id.distinct())))
    assert with_one == demo.size


def test_one_note_outdates_the_forecasts_of_all_of_them(demo):
    with Session(demo.engine) as session:
        first, *of_the_shift = session.scalars(select(OutdatedForecast.customer_id).order_by(OutdatedForecast.id))
    assert first is None
    assert None not in of_the_shift
    assert len(of_the_shift) < demo.size


def test_a_third_is_permanently_terminated(demo):
    ended = [row for row in demo.ledgers.customers if row.bill_status is BillStatus.PERMANENTLY_TERMINATED]
    assert 0.25 < len(ended) / demo.size < 0.42


def test_every_shown_status_is_there(demo):
    with demo.engine.connect() as connection:
        shown = Counter(connection.scalars(select(shown_status(NOW))))
    rare = {Shown.EXPORTED, Shown.SUSPENSION_LIFTED, Shown.SERVICE_LIMITED} if demo.size < 1000 else set()
    assert set(shown) >= {status.value for status in Shown} - {status.value for status in rare}


def test_some_are_blocked_and_suspended_at_once(demo):
    assert any(row.blocked and row.bill_status is BillStatus.SUSPENDED for row in demo.ledgers.customers)


def test_some_have_no_limit_some_are_over_theirs_and_some_in_credit(demo):
    postpaid = [row for row in demo.ledgers.customers if row.balance_control is BalanceControl.POSTPAID]
    assert any(row.credit_limit is None for row in postpaid)
    assert any(row.credit_limit is not None and row.balance > row.credit_limit for row in postpaid)
    assert any(row.balance < 0 for row in postpaid)


def test_prepaid_customers_have_funds_or_have_run_out(demo):
    balances = [row.balance for row in demo.ledgers.customers if row.balance_control is BalanceControl.PREPAID]
    assert min(balances) < Decimal(0)
    assert Decimal(0) in balances


def test_they_live_in_several_countries(demo):
    assert len({row.country for row in demo.ledgers.customers}) >= 5


def test_some_notes_are_sticky(demo):
    with demo.engine.connect() as connection:
        assert set(connection.scalars(select(Note.sticky))) == {True, False}


def test_every_customer_is_audited_whole_and_once(demo):
    with demo.engine.connect() as connection:
        whole = select(Change.entity_id).where(Change.entity == "Customer", Change.field == "*")
        told = connection.scalars(whole).all()
    assert sorted(told) == sorted(row.id for row in demo.ledgers.customers)


@pytest.mark.parametrize(
    "model",
    [
        Webhook,
        Promise,
        InvoiceRequest,
        CardPayment,
        WarningThreshold,
        Quota,
        PlannedMove,
        PaymentMethod,
        InvoiceLine,
        *RARE,
        CallerVerification,
    ],
)
def test_the_demo_shows_each_thing_that_the_desk_keeps(demo, model):
    with demo.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(model.__table__))


def test_the_demo_has_raised_and_spending_limits_holds_and_erasures_ahead(demo):
    held = (Customer.temporary_limit, Customer.daily_spending_limit)
    with demo.engine.connect() as connection:
        assert all(connection.scalar(select(func.count()).where(column.is_not(None))) for column in held)
    access = Access(demo.engine, SYSTEM, lambda: NOW)
    assert access.fetch(LegalHolds()).total == 2
    assert access.fetch(ErasuresAhead(365)).total


def test_the_demo_has_one_of_each_thing_that_goes_another_way(demo):
    causes = {row.suspension_cause for row in demo.ledgers.customers if row.suspension_cause}
    assert causes == set(SuspensionCause)
    kinds = {row.kind for row in demo.ledgers.transactions}
    assert {Kind.REFUND, Kind.WRITE_OFF} <= kinds
    assert any(row.reverses_id for row in demo.ledgers.transactions)
    if demo.size >= 1000:
        assert any(row.limitation_lifted_until for row in demo.ledgers.customers)
        assert any(row.erased_at for row in demo.ledgers.customers)


def test_one_customer_of_the_demo_is_archived_where_there_is_a_place_for_it(engine, tmp_path):
    seed(engine, 150, clock=lambda: NOW, with_demo_people=True, archive_to=tmp_path)
    with engine.connect() as connection:
        (archived,) = connection.execute(select(Archive.__table__)).all()
    assert [file.name for file in tmp_path.iterdir()] == [archived.file]
    assert read_ledgers(engine).unlike_their_transactions() == []


def test_there_is_a_demo_person_for_each_role(demo):
    for sign_in_words in DEMO_SIGN_INS:
        sign_in(
            demo.engine, sign_in_words.login, sign_in_words.password,
            ip="127.0.0.1", user_agent="", now=NOW, demo=True,
        )  # fmt: skip
    with demo.engine.connect() as connection:
        assert set(connection.scalars(select(Person.role))) == set(PEOPLE_ROLES)


def test_a_breach_is_seen(demo):
    """The walk itself: a row put wrong is found by each of the checks."""
    whole = demo.ledgers
    wrong = replace(
        whole, transactions=whole.transactions[1:], allocations=whole.allocations[1:], events=whole.events[:-1]
    )
    assert wrong.unlike_their_transactions()
    assert wrong.payments_overspent() or wrong.invoices_unlike_their_allocations()
    assert wrong.invoices_unlike_their_allocations()
    assert wrong.summaries_gone_wrong()
    assert wrong.events_unlike_the_facts()


def test_the_same_moment_gives_the_same_customers(sqlite_url, postgresql_url):
    engines = [make_engine(url) for url in (sqlite_url, postgresql_url)]
    for engine in engines:
        seed(engine, 40, clock=lambda: NOW)
    first, second = (sorted(map(tuple, read_ledgers(engine).customers)) for engine in engines)
    for engine in engines:
        engine.dispose()
    assert first == second


def test_a_seeding_that_was_stopped_goes_on(engine):
    seed(engine, 500, clock=lambda: NOW)
    written = seed(engine, 520, clock=lambda: NOW + timedelta(minutes=3))
    with engine.connect() as connection:
        assert (written, connection.scalar(select(func.count(Customer.id)))) == (20, 520)


def test_a_larger_demo_is_added_to_a_smaller_one(engine):
    seed(engine, 7, clock=lambda: NOW)
    assert seed(engine, 510, clock=lambda: NOW) == 10
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 17


def test_without_the_word_nobody_can_sign_in(engine):
    seed(engine, 3, clock=lambda: NOW)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Person.id))) == 0


def test_a_database_with_customers_is_left_alone(engine):
    a_customer(engine)
    with pytest.raises(Rejected, match="already holds customers"):
        seed(engine, 3, clock=lambda: NOW)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 1
        assert "SeedDemo" not in connection.scalars(select(CommandLog.name)).all()


def test_every_customer_but_those_gone_for_good_is_in_a_period_that_runs(demo):
    assert demo.ledgers.customers
    for row in demo.ledgers.customers:
        if row.bill_status is BillStatus.PERMANENTLY_TERMINATED:
            assert row.closes_at is None
        else:
            assert row.period_from <= row.period_to
            assert row.closes_at > NOW - timedelta(days=1)


def test_every_invoice_is_for_the_period_before_it_as_the_customer_is_billed(demo):
    billed = {row.id: row for row in demo.ledgers.customers}
    assert demo.ledgers.invoices
    for invoice in demo.ledgers.invoices:
        customer = billed[invoice.customer_id]
        created_on = day_in(customer.billing_zone, customer.created_at)
        whole = period_of(customer.billing_period, invoice.issued_on - timedelta(days=1), created_on)
        assert (invoice.period_from, invoice.period_to) == (max(whole.first, created_on), whole.last)
        assert invoice.issued_on == whole.last + timedelta(days=1)


def test_each_invoice_of_the_demo_has_lines_that_add_up_and_no_booking_stands_on_two(demo):
    with demo.engine.connect() as connection:
        lines = connection.execute(select(InvoiceLine.invoice_id, InvoiceLine.transaction_id, InvoiceLine.amount)).all()
    assert len({row.transaction_id for row in lines}) == len(lines)
    holding = {row.id for row in demo.ledgers.invoices if row.payment_status is not PaymentStatus.VOID}
    assert {row.invoice_id for row in lines} == holding
    totals = {row.id: row.total for row in demo.ledgers.invoices}
    for invoice_id, amount in _sums(lines).items():
        assert totals[invoice_id] == amount


def _sums(lines: Sequence[Row[Any]]) -> dict[int, Decimal]:
    found: Counter[int] = Counter()
    for row in lines:
        found[row.invoice_id] += row.amount
    return dict(found)


def test_what_the_demo_invoiced_is_not_invoiced_again(sqlite_url):
    engine = make_engine(sqlite_url)
    seed(engine, 60, clock=lambda: NOW)
    before = {row.id for row in read_ledgers(engine).invoices}
    access = Access(engine, SYSTEM, lambda: NOW + timedelta(days=40))
    for customer_id in access.fetch(DuePeriods()):
        access.execute(ClosePeriod(customer_id=customer_id, command_id=new_command_id()))
    ledgers = read_ledgers(engine)
    new = {row.id: row for row in ledgers.invoices if row.id not in before}
    assert sorted(row.number for row in new.values())[0] == "00100001"
    booked = {row.id: row for row in ledgers.transactions}
    with engine.connect() as connection:
        lines = connection.execute(select(InvoiceLine.invoice_id, InvoiceLine.transaction_id)).all()
    ids = [row.transaction_id for row in lines if row.transaction_id is not None]
    assert len(set(ids)) == len(ids)
    first = min(row.period_from for row in new.values()) - timedelta(days=31)
    bookings = [row.transaction_id for row in lines if row.invoice_id in new and row.transaction_id is not None]
    assert all(booked[row].value_on > first for row in bookings)
    engine.dispose()


def test_some_have_quotas_and_no_grant_is_used_beyond_what_it_gave(demo):
    access = Access(demo.engine, SYSTEM, lambda: NOW)
    shown = [row for one in demo.ledgers.customers for row in access.fetch(QuotasOf(one.id))]
    assert len(shown) > demo.size / 20
    given = [grant for row in shown for grant in row.grants]
    assert all(0 <= grant.used <= grant.granted for grant in given)
    assert any(grant.used for grant in given)
    assert any(row.rolled_over for row in shown)


def test_usage_is_charged_for_what_no_quota_covered(demo):
    with demo.engine.connect() as connection:
        measured = connection.execute(select(MeasuredUse.transaction_id, MeasuredUse.quantity, MeasuredUse.price)).all()
        taken = select(QuotaUse.transaction_id, func.sum(QuotaUse.quantity)).group_by(QuotaUse.transaction_id)
        covered = dict(connection.execute(taken).all())
    charged = {row.id: row.amount for row in demo.ledgers.transactions if row.kind is Kind.USAGE_CHARGE}
    assert charged
    assert charged == {
        row.transaction_id: price_of_rest(row.price, row.quantity, covered.get(row.transaction_id, Decimal(0)))
        for row in measured
    }


def cards(demo: Demo) -> Sequence[Row[Any]]:
    card = PaymentMethod.__table__.c
    with demo.engine.connect() as connection:
        return connection.execute(
            select(card.customer_id, card.token, card.brand, card.last_four, card.expires_on, card.added_at).where(
                card.kind == MethodKind.CARD
            )
        ).all()


def test_some_customers_have_a_card_and_none_that_is_gone(demo):
    gone = {row.id for row in demo.ledgers.customers if row.bill_status is BillStatus.PERMANENTLY_TERMINATED}
    holders = {card.customer_id for card in cards(demo)}
    assert 0.1 < len(holders) / demo.size < 0.4
    assert not holders & gone


def test_every_card_is_one_that_a_person_could_have_stored(demo):
    created = {row.id: row.created_at for row in demo.ledgers.customers}
    stored = cards(demo)
    assert stored
    for card in stored:
        assert created[card.customer_id] <= card.added_at <= NOW
        assert card.expires_on >= card.added_at.date() - timedelta(days=1)
        assert (len(card.last_four), card.last_four.isdecimal(), 0 < len(card.brand) <= 20) == (4, True, True)
        assert not holds_card_number(card.token)


def test_some_cards_have_expired_and_some_the_bank_refuses(demo):
    held = cards(demo)
    expired = [card for card in held if card.expires_on < NOW.date()]
    assert 0 < len(expired) < len(held) / 3
    gateway = LocalGateway(demo.engine, lambda: NOW)
    told = Counter(_asked(gateway, card.token) for card in held)
    assert told["approved"] > told["The bank declined the card."] > 0
    assert set(told) <= {"approved", "The bank declined the card.", "no answer"}


def _asked(gateway: LocalGateway, token: str) -> str:
    """What the bank says to a charge of this card."""
    try:
        answer = gateway.send(Instruction(f"seed-{token}", Asked.CHARGE, token, "", Decimal(1), "EUR"))
    except NoAnswer:
        return "no answer"
    return "approved" if answer.approved else answer.why
