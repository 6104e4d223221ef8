"""Tellers: processes that book payments at once, each with a clock and a connection of its own."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine, spare_the_disk
from data_access.base.permissions import Actor
from data_access.commands.billing.money import BookTransaction
from data_access.store.access import Access, new_command_id
from tests.support.forks import END_SECONDS, forked


def book_at_once(engine: Engine, actors: Sequence[Actor], customers: Sequence[int], rounds: int) -> None:
    """Each person books a payment for each customer in turn, as often as told, all at the same time."""
    url = engine.url.render_as_string(hide_password=False)
    tellers = [forked(_book, url, actor, customers, rounds) for actor in actors]
    for teller in tellers:
        teller.join(END_SECONDS)
    assert [teller.exitcode for teller in tellers] == [0] * len(tellers)


def _book(url: str, actor: Actor, customers: Sequence[int], rounds: int) -> None:
    engine = make_engine(url)
    spare_the_disk(engine)
    access = Access(engine, actor, system_clock)
    for number in range(rounds * len(customers)):
        customer_id = customers[number % len(customers)]
        access.execute(
            BookTransaction(
                customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, reference=f"{actor.login}-{number}",
                amount=number + 1 + Decimal(actor.person_id or 0) / 100, command_id=new_command_id(),
            )
        )  # fmt: skip
    engine.dispose()
