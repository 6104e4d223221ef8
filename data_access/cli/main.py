"""The command line: every subcommand, with the permissions of a named person or of the system."""

import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data_access.base.clock import Clock, system_clock
from data_access.base.errors import NotFound, Refusal, Rejected
from data_access.base.permissions import PEOPLE_ROLES, SYSTEM, Permission, Role
from data_access.base.running.databases import open_database
from data_access.base.settings import Environment, Settings, complaint
from data_access.base.text.numerals import counted
from data_access.base.text.text_keys import fold
from data_access.cli import advance, archive, audit, backup, exports, field_page, imports, lab, retention, webhooks
from data_access.cli import jobs as job_verbs
from data_access.cli.calls import DONE, STOPPED, a_count, named, say, signed_by, verb
from data_access.commands.people.people import AddPerson, DisablePerson, ResetPassword
from data_access.domain.passwords import hash_password
from data_access.migrations import upgrade
from data_access.models.people import Person, Reseller
from data_access.seed.demo import seed
from data_access.store.access import Access, new_command_id
from data_access.store.demo_clock import DemoTime
from data_access.store.scope import visible
from data_access.store.sign_ins import has_people


def main(arguments: Sequence[str] | None = None, clock: Clock = system_clock) -> int:
    """The exit code: 0 when all was done, 1 when something was refused, 2 for a wrong call, 130 when stopped."""
    chosen = _parser().parse_args(arguments)
    try:
        return _run(chosen, clock)
    except Refusal as refusal:
        return say(str(refusal))
    except KeyboardInterrupt:
        say("Stopped. Whole batches are kept; run the same command again to continue.")
        return STOPPED


def _run(chosen: Namespace, clock: Clock) -> int:
    try:
        settings = Settings()
        engine = open_database(settings)
    except ValidationError as wrong:
        return say(complaint(wrong))
    try:
        return int(chosen.does(chosen, engine, DemoTime(engine, clock)))
    except DBAPIError as trouble:
        where = make_url(settings.database_url).render_as_string()
        return say(f"The database {where} cannot be used: {str(trouble.orig).splitlines()[0]}.")
    finally:
        engine.dispose()


def _migrate(_chosen: Namespace, engine: Engine, _clock: Clock) -> int:
    upgrade(engine)
    print("The database is at the newest revision.")
    return DONE


def _seed(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    """Into a database in which nobody can sign in yet, anyone may put a demo; later it takes the right to import."""
    upgrade(engine)
    is_peopled = has_people(engine)
    if is_peopled and chosen.login is None:
        raise Rejected("People can already sign in here: say who fills the database, with --as LOGIN.")
    actor = named(chosen, engine, clock).actor if chosen.login else SYSTEM
    actor.require(Permission.IMPORT_RUN)
    with_people = Settings().app_env is Environment.DEMO and not is_peopled
    archive_to = Path(Settings().archive_dir)
    written = seed(engine, chosen.customers, clock, with_demo_people=with_people, archive_to=archive_to, actor=actor)
    print(f"{counted(written, 'demo customer was', 'demo customers were')} written.")
    return DONE


def _add_person(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access = _first(engine, clock) if chosen.first else named(chosen, engine, clock)
    role = Role.ADMIN if chosen.first else Role(chosen.role)
    password = secrets.token_urlsafe(12)
    saved = access.execute(
        AddPerson(
            command_id=new_command_id(), password_hash=hash_password(password), login=chosen.person, name=chosen.name,
            email=chosen.email, role=role.value, reseller_id=_reseller(access, chosen.reseller),
            limits=", ".join(chosen.limit),
        )
    )  # fmt: skip
    print(f"{saved.login} can sign in as {role.value}, and chooses a password then.")
    print(f"The password until then, shown only once: {password}")
    return DONE


def _first(engine: Engine, clock: Clock) -> Access:
    """Nobody is there to ask: the first administrator is made by the system, once."""
    upgrade(engine)
    if has_people(engine):
        raise Rejected("There are already people: an admin adds more, with --as LOGIN.")
    return Access(engine, SYSTEM, clock)


def _reseller(access: Access, name: str) -> str:
    if not name:
        return ""
    with Session(access.engine) as session:
        found = session.scalar(visible(Reseller, access.actor).where(Reseller.name_key == fold(name)))
        if found is None:
            raise NotFound(f"The reseller “{name}”")
        return str(found.id)


def _reset_password(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access = named(chosen, engine, clock)
    password = secrets.token_urlsafe(12)
    person_id = _person_id(access, chosen.person)
    access.execute(
        ResetPassword(command_id=new_command_id(), person_id=person_id, password_hash=hash_password(password))
    )
    print(f"{chosen.person} is signed out, and chooses a password at the next sign-in.")
    print(f"The password until then, shown only once: {password}")
    return DONE


def _disable(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access = named(chosen, engine, clock)
    access.execute(DisablePerson(command_id=new_command_id(), person_id=_person_id(access, chosen.person)))
    print(f"{chosen.person} cannot sign in any more.")
    return DONE


def _person_id(access: Access, login: str) -> int:
    access.actor.require(Permission.PEOPLE_MANAGE)
    with Session(access.engine) as session:
        found = session.scalar(visible(Person, access.actor).where(Person.login_key == fold(login)))
        if found is None:
            raise NotFound(f"The person “{login}”")
        return found.id


def _list_people(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    actor = named(chosen, engine, clock).actor
    actor.require(Permission.PEOPLE_MANAGE)
    with Session(engine) as session:
        for person in session.scalars(visible(Person, actor).order_by(Person.login_key, Person.id)):
            state = "" if person.is_active else ", disabled"
            print(f"{person.login}: {person.name}, {person.role.value}{state}")
    return DONE


_CODES = "Exit code: 0 success; 1 something was refused; 2 wrong usage; 130 stopped by Ctrl+C."


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "python -m data_access",
        description="Work on the Customer Desk database that DATABASE_URL names.",
        epilog=_CODES,
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    verb(verbs.add_parser("migrate", help="migrate the database to the latest revision"), _migrate)
    filling = verb(verbs.add_parser("seed", help="fill an empty database with demo data"), _seed)
    filling.add_argument(
        "--customers", type=a_count(1_000_000), default=5000, metavar="N", help="how many; default 5000"
    )
    signed_by(filling, required=False)
    _people_verbs(
        verbs.add_parser("people", help="manage who can sign in").add_subparsers(required=True, metavar="COMMAND")
    )
    imports.add_verb(verbs)
    exports.add_verb(verbs)
    audit.add_verb(verbs)
    backup.add_verbs(verbs)
    job_verbs.add_verbs(verbs)
    advance.add_verb(verbs)
    retention.add_verbs(verbs)
    archive.add_verb(verbs)
    webhooks.add_verbs(verbs)
    field_page.add_verb(verbs)
    lab.add_verb(verbs)
    return parser


def _people_verbs(verbs: Any) -> None:
    adding = verb(verbs.add_parser("add", help="let someone sign in"), _add_person)
    adding.add_argument("person", metavar="LOGIN", help="the name to sign in with")
    adding.add_argument("--name", required=True, help="the name that others see")
    adding.add_argument("--email", default="", help="identifies the person for single sign-on")
    adding.add_argument(
        "--role", choices=[role.value for role in PEOPLE_ROLES], default=Role.SUPPORT.value, help="default support"
    )
    adding.add_argument("--reseller", default="", help="restrict the person to the customers of this reseller")
    adding.add_argument(
        "--limit", action="append", default=[], metavar="'EUR 50 200'",
        help="for credits, refunds, write-offs and reversals: currency, maximum each, maximum in 24 hours",
    )  # fmt: skip
    by_whom = adding.add_mutually_exclusive_group(required=True)
    by_whom.add_argument("--first", action="store_true", help="create the first administrator, if there is nobody yet")
    by_whom.add_argument("--as", dest="login", metavar="LOGIN", help="the person who does this")
    for name, does, says in (
        ("reset", _reset_password, "set a new password"),
        ("disable", _disable, "disable a sign-in"),
    ):
        changing = verb(verbs.add_parser(name, help=says), does)
        changing.add_argument("person", metavar="LOGIN", help="the person")
        signed_by(changing)
    signed_by(verb(verbs.add_parser("list", help="list who can sign in, with roles"), _list_people))
