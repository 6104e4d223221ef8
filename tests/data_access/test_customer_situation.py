"""The situation that a page reads at once is the one that commands and lists read piece by piece."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM
from data_access.queries.customer_situation import situation_of
from data_access.queries.forecast.customer_forecast import ahead_of, steps_of
from data_access.services.facts.cases import debts_of
from data_access.services.facts.fees_of_customer import events_of, wait_of, waits_for_funds
from data_access.services.status_changes import debt_suspends, is_suspended_on_return, own_cases
from data_access.store.access import Reader
from tests.support.customers_of_all_kinds import KINDS, provisionally_terminated


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_read_at_once_is_what_is_read_piece_by_piece(engine: Engine, kind: Callable[[Engine], int]) -> None:
    customer_id = kind(engine)
    with Session(engine) as session:
        reader = Reader(session, SYSTEM, system_clock())
        case = situation_of(reader, customer_id)
        customer, events = case.of.customer, case.beside["events"]
        assert list(case.debt.cases) == list(own_cases(reader, customer))
        assert case.debt == debts_of(reader, [customer_id]).get(customer_id, case.debt)
        assert [(one.id, one.at, one.move) for one in events] == [
            (one.id, one.at, one.move) for one in events_of(reader, customer)
        ]
        assert case.wait == (wait_of(reader, customer) if waits_for_funds(customer) else None)
        assert steps_of(reader, customer_id) == ahead_of(reader, [customer_id])[customer_id]
        returns = customer.is_overdue(reader.now) and debt_suspends(customer, case.debt, events, reader.now)
        assert returns == is_suspended_on_return(reader, customer)


def test_whoever_left_suspended_and_has_not_paid_returns_so(engine: Engine) -> None:
    customer_id = provisionally_terminated(engine)
    with Session(engine) as session:
        reader = Reader(session, SYSTEM, system_clock())
        case = situation_of(reader, customer_id)
        assert debt_suspends(case.of.customer, case.debt, case.beside["events"], reader.now)
