"""The subcommands for personal data: whose is due to be erased, and the legal hold that prevents it."""

from argparse import Namespace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.clock import Clock, long_day
from data_access.base.errors import NotFound
from data_access.base.money import exact_money
from data_access.cli.calls import DONE, named, signed_by, verb
from data_access.commands.customers.erasure import SetLegalHold
from data_access.queries.jobs.retention import Ended, PreviewErasures
from data_access.queries.pagination.newest_first import ListPart
from data_access.store.access import Access, new_command_id
from data_access.store.identity import meant_by


def add_verbs(verbs: Any) -> None:
    """The parsers of these verbs."""
    personal = verbs.add_parser("personal", help="manage personal data of terminated customers")
    personal = personal.add_subparsers(required=True, metavar="COMMAND")
    signed_by(verb(personal.add_parser("due", help="list whose data the next run erases"), _due))
    for name, hold, says in (
        ("hold", True, "put a customer under a legal hold"),
        ("free", False, "end the legal hold"),
    ):
        holding = verb(personal.add_parser(name, help=says), _hold)
        holding.set_defaults(hold=hold)
        holding.add_argument("customer", metavar="CUSTOMER_ID", help="the customer")
        holding.add_argument("--reason", required=True, help="recorded in the customer's history")
        signed_by(holding)


def _due(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    tell(named(chosen, engine, clock).fetch(PreviewErasures()), nobody="Nobody's personal data is due.")
    return DONE


def tell(shown: ListPart[Ended], *, nobody: str) -> None:
    """Prints whose time is over, or that it is nobody's but the held ones', and how many the list leaves out."""
    for one in shown.rows:
        print(said(one))
    more = shown.total - len(shown.rows)
    if more:
        print(f"These are the first {len(shown.rows):,} of {shown.total:,}.")
    elif all(one.is_held for one in shown.rows):
        print(nobody)


def said(one: Ended) -> str:
    """One customer whose time is over, in words."""
    held = "; a legal hold keeps it" if one.is_held else ""
    since = f"permanently terminated on {long_day(one.terminated_at)}"
    return f"{one.customer_code}: {since}, balance {exact_money(one.balance, one.currency)}{held}"


def _hold(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access = named(chosen, engine, clock)
    customer_id = _customer_id(access, chosen.customer)
    order = SetLegalHold(
        customer_id=customer_id, hold=chosen.hold, reason=chosen.reason, command_id=new_command_id()
    )  # fmt: skip
    access.execute(order)
    print(f"{chosen.customer} is under {'a' if chosen.hold else 'no'} legal hold.")
    return DONE


def _customer_id(access: Access, code: str) -> int:
    with Session(access.engine) as session:
        found = meant_by(session, access.actor, code)
    if found is None:
        raise NotFound(f"The customer {code}")
    return found
