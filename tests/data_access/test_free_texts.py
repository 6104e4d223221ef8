"""What people typed freely is masked alike wherever notes are; and every text of every table was asked what it is."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import JSON, Engine, Enum, String, select

from data_access import queries
from data_access.base.bookings import SERVICES, Kind
from data_access.base.errors import NotPermitted
from data_access.base.permissions import GRANTS, SYSTEM, Permission, Role
from data_access.base.text.masking import FreeText
from data_access.commands.billing.invoices import IssueOutOfTurn
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.lifecycle import CarryOutPlan, EndLife
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.migrations.every_table import every_table
from data_access.models.history import PlannedMove
from data_access.models.money import Invoice
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.billing.ledger import FindTransactions
from data_access.queries.billing.paper import InvoicePaper
from data_access.queries.services.booked_charges import ChargedBefore
from data_access.queries.timeline.history import StatusHistory
from data_access.queries.timeline.timeline import Timeline
from data_access.store.access import Access, Query, new_command_id
from tests.support.builders import a_customer, a_promise
from tests.support.people import NOW, access_for
from tests.support.rows import insert

NAME = "Zyxwvut"  # of somebody who is written about
# Texts that are no words of people about people, by the name of their column.
CODES = {
    "id", "key", "command_id", "last_command_id", "customer_code", "customer_code_key", "account_code", "number",
    "currency", "fee_currency", "vendor_currency", "country", "billing_zone", "digest", "payload_hash",
    "personal_digest", "salt", "mandate",
    "token_hash", "token", "last_four", "brand", "operation", "gateway_reference", "answer", "about",
    "oidc_issuer", "ip", "user_agent", "file", "event", "events", "url", "entity", "field", "move", "scope",
    "holder", "form", "extra_grants", "tables", "reference_number", "reference_number_key",
    "rules", "zone", "action", "page", "language", "self_care_language",
    "input_date", "input_time", "output_date", "output_time", "self_care_date", "self_care_time", "music_file",
    "default_country", "current_country", "target",
    "upload", "kind",  # of a file that is imported
    "prefix", "rate_code", "paging_prefix", "outside_prefix", "international_prefix", "national_prefix",
}  # fmt: skip
OFFERS = {
    "name", "name_key", "public_name", "product", "service", "business_model", "issuer_name", "issuer_address",
    "method", "notices_from", "description", "reminders", "resends", "limit_notices", "suspend_notices",
    "terminate_notices", "destination", "measured_services", "title", "header", "footer", "columns", "rates",
    "exempt_reason", "group_name", "choices", "start", "help", "written_as",
}  # fmt: skip
PARTNERS = {"phone", "email"}  # of representatives and distributors: theirs at work, for everybody who works here
OURS = {"band", "why", "why_impossible", "traceback", "result", "last_said", "outcome"}  # sentences of the product
LOGINS = {"login", "login_key", "author"}
HIDDEN_ELSEWHERE = {
    "before", "after",  # of the audit: by the column that they are about
    "typed", "subject",  # one's own draft; the heading of a mail is the product's
    "sender", "recipient", "payload", "last_error",  # messages: masked where they are read
    "value", "sort_key", "personal_key",  # of a custom field: what is personal stands in a column of its own
    "reason",  # of what a job could not do: the product's, and read by who may see personal data
}  # fmt: skip
DECIDED = CODES | OFFERS | PARTNERS | OURS | LOGINS | HIDDEN_ELSEWHERE
FREE = {
    "bulk_runs.reason", "bulk_runs.selection", "export_files.selection",
    "command_log.reason", "invoice_lines.says", "messages.body", "planned_moves.reason", "promises.reason",
    "status_events.reason", "transactions.internal_comment", "transactions.reference",
    "transactions.visible_comment",
}  # fmt: skip


def texts() -> Iterator[tuple[str, Any]]:
    for table in every_table().tables.values():
        for column in table.columns:
            if isinstance(column.type, String | JSON | FreeText) and not isinstance(column.type, Enum):
                yield f"{table.name}.{column.name}", column


def test_every_text_was_asked_whether_people_type_it_freely():
    undecided = {
        name
        for name, column in texts()
        if not (isinstance(column.type, FreeText) or column.info.get("personal") or column.info.get("secret"))
        and column.name not in DECIDED
        and not name.startswith(("search_texts.", "foreseen_steps."))  # copies of them; what forecasts say themselves
    }
    assert undecided == set()


def test_the_free_texts_are_these():
    assert {name for name, column in texts() if isinstance(column.type, FreeText)} == FREE
    assert not {name.partition(".")[2] for name in FREE} & (DECIDED - {"reason"})


def about(engine: Engine) -> int:
    """A customer in whose rows somebody's name stands wherever people type."""
    customer_id = a_customer(engine, balance=Decimal(100))
    manager, said = access_for(engine, Role.MANAGER), {"reason": NAME, "customer_id": customer_id}

    def fresh() -> dict[str, Any]:
        return said | {"command_id": new_command_id()}

    texts = {"reference": NAME, "visible_comment": NAME, "internal_comment": NAME}
    charge = BookTransaction(**fresh(), kind=Kind.MANUAL_CHARGE, amount=Decimal(5), service=SERVICES[0], **texts)
    booked = manager.execute(charge).transaction_id
    manager.execute(BookTransaction(**fresh(), kind=Kind.MANUAL_PAYMENT, amount=Decimal(1), **texts))
    manager.execute(AddNote(**fresh(), text=NAME, sticky=True))
    manager.execute(IssueOutOfTurn(**fresh(), transaction_ids=(booked,)))
    a_promise(engine, customer_id, reason=NAME)
    manager.execute(ChangeStatus(**fresh(), move="block"))
    plan = {"customer_id": customer_id, "move": "unblock", "due_on": (NOW + timedelta(days=2)).date(), "login": "ann"}
    insert(engine, PlannedMove, plan | {"reason": NAME, "planned_at": NOW})
    return customer_id


def askable() -> list[type[Query[Any]]]:
    """Every query that asks for nothing but a customer, or for nothing at all."""
    for found in pkgutil.walk_packages(queries.__path__, "data_access.queries."):
        importlib.import_module(found.name)
    return [
        kind
        for kind in sorted(_below(Query), key=lambda kind: kind.__name__)
        if kind.__module__.startswith("data_access.queries.") and kind is not VerifyChain
        and {one.name for one in fields(kind) if one.default is MISSING} <= {"customer_id"}
    ]  # fmt: skip


def _below(kind: type[Any]) -> set[type[Any]]:
    return {one for below in kind.__subclasses__() for one in (below, *_below(below))}


def told(access: Access, kind: type[Query[Any]], customer_id: int) -> str:
    asked = kind(customer_id=customer_id) if "customer_id" in {one.name for one in fields(kind)} else kind()
    try:
        answer = access.fetch(asked)
    except NotPermitted:  # it asks for the right to personal data itself
        return ""
    return answer.to_csv() if isinstance(answer, pd.DataFrame) else repr(answer)


def test_nobody_reads_of_people_without_the_right_whatever_is_asked(engine):
    customer_id = about(engine)
    hidden = {Permission.PERSONAL_READ, Permission.PERSONAL_EXPORT, Permission.SYSTEM_RUN}
    asked = {kind.needs for kind in askable()} - GRANTS[Role.ANALYST] - hidden
    everything = " ".join(sorted(asked))
    analyst = access_for(engine, Role.ANALYST, extra_grants=everything)
    admin = access_for(engine, Role.ADMIN)
    kinds = [kind for kind in askable() if kind.needs is not Permission.SYSTEM_RUN]
    assert [kind.__name__ for kind in kinds if NAME in told(analyst, kind, customer_id)] == []
    plain = {kind.__name__ for kind in kinds if NAME in told(admin, kind, customer_id)}
    assert plain >= {
        "CustomerAudit", "FindChanges", "FindCommands", "FindTransactions", "PromisesOf", "ScheduledChanges",
        "StatusHistory", "Timeline",
    }  # fmt: skip


def test_the_systems_own_reasons_are_read_by_everybody_and_those_it_carries_out_for_people_are_not(engine):
    customer_id = a_customer(engine, terminate_on=NOW.date())
    other = a_customer(engine)
    plan = {"customer_id": other, "move": "block", "due_on": NOW.date(), "login": "ann", "reason": NAME}
    plan_id = insert(engine, PlannedMove, plan | {"planned_at": NOW})
    system = Access(engine, SYSTEM, lambda: NOW + timedelta(days=1))
    system.execute(EndLife(customer_id=customer_id, command_id=new_command_id()))
    system.execute(CarryOutPlan(plan_id=plan_id, command_id=new_command_id()))
    analyst = access_for(engine, Role.ANALYST)
    own, carried_out = (analyst.fetch(StatusHistory(one))[0] for one in (customer_id, other))
    assert (own.login, "•" in own.reason, own.reason != "") == ("system", False, True)
    assert (carried_out.login, carried_out.reason) == ("ann", "Z•••••")
    assert NAME in repr(access_for(engine).fetch(StatusHistory(other)))
    assert own.reason in repr(analyst.fetch(Timeline(customer_id)))


def test_an_invoice_says_no_comment_to_who_may_not_see_personal_data(engine):
    about(engine)
    with engine.connect() as connection:
        invoice_id = connection.execute(select(Invoice.__table__.c.id)).scalar_one()
    assert NAME in repr(access_for(engine).fetch(InvoicePaper(invoice_id)))
    assert NAME not in repr(access_for(engine, Role.ANALYST).fetch(InvoicePaper(invoice_id)))


def test_what_compares_and_verifies_reads_plain(engine):
    customer_id = a_customer(engine)
    usage = {"kind": Kind.USAGE_CHARGE, "amount": Decimal(1), "service": SERVICES[0], "reference": NAME, "reason": NAME}
    order = BookTransaction(customer_id=customer_id, command_id=new_command_id(), **usage)
    Access(engine, SYSTEM, lambda: NOW).execute(order)
    importer = access_for(engine, Role.ANALYST, extra_grants="import:run audit:read")
    assert set(importer.fetch(ChargedBefore(frozenset({customer_id}), frozenset({NAME})))) == {(customer_id, NAME)}
    assert importer.fetch(VerifyChain()).holds
    assert importer.fetch(FindTransactions(customer_id)).rows[0].reference == "Z•••••"
