"""Several processes book at once: the ledger, the audit and the clock tell one order."""

from sqlalchemy import select

from data_access.base.permissions import Role
from data_access.models.history import CommandLog
from data_access.models.money import Transaction
from tests.support.builders import a_customer
from tests.support.people import a_person
from tests.support.tellers import book_at_once

PEOPLE, ROUNDS = 4, 12


def test_bookings_by_several_processes_have_one_order_in_ledger_audit_and_clock(engine):
    customers = [a_customer(engine), a_customer(engine)]
    book_at_once(engine, [a_person(engine, Role.ADMIN) for _ in range(PEOPLE)], customers, ROUNDS)
    with engine.connect() as connection:
        log = connection.execute(select(CommandLog.at).where(CommandLog.name == "BookTransaction").order_by("number"))
        times = list(log.scalars())
        assert times == sorted(times)
        for customer_id in customers:
            booked = select(Transaction.at, Transaction.balance_after).where(Transaction.customer_id == customer_id)
            by_id = connection.execute(booked.order_by(Transaction.id)).all()
            assert len(by_id) == PEOPLE * ROUNDS
            assert by_id == connection.execute(booked.order_by(Transaction.at, Transaction.id)).all()
