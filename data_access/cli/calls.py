"""A call of the command line: who makes it, with which permissions, and the exit codes."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.errors import Rejected
from data_access.base.text.numerals import whole_number
from data_access.migrations import is_current
from data_access.store.access import Access, access_as

DONE, REFUSED, STOPPED = 0, 1, 130
Does = Callable[[Namespace, Engine, Clock], int]


def say(sentence: str) -> int:
    """Tells why not; the exit code."""
    print(sentence, file=sys.stderr)
    return REFUSED


def refuse_old_schema(engine: Engine) -> None:
    """Rejected unless the tables are those of this version."""
    if not is_current(engine):
        raise Rejected("The database is not at the newest revision: run `python -m data_access migrate` first.")


def named(chosen: Namespace, engine: Engine, clock: Clock) -> Access:
    """What the named person may do, with their rights of this moment."""
    refuse_old_schema(engine)
    return access_as(engine, chosen.login, clock)


def a_count(highest: int) -> Callable[[str], int]:
    """The reader of an option that counts from one."""

    def read(text: str) -> int:
        try:
            return whole_number(text, 1, highest)
        except ValueError as wrong:
            raise ArgumentTypeError(f"{wrong}") from wrong

    return read


def verb(parser: ArgumentParser, does: Does) -> ArgumentParser:
    """Makes the parser one of a verb that does this."""
    parser.set_defaults(does=does)
    return parser


def signed_by(parser: ArgumentParser, *, required: bool = True) -> None:
    """The verb says who does it."""
    parser.add_argument("--as", dest="login", required=required, metavar="LOGIN", help="the person who does this")
