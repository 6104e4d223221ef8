"""Facts that are stated in one place: what a second place would look like, and where the first one is."""

import ast
import re
from collections.abc import Iterator

from data_access.domain.moves import MOVES
from data_access.domain.sections import ADDRESS_INFO
from tests.architecture.rules import Finder, Rule, says
from tests.architecture.source import Module

USED = {  # fields of Address info that something is done with: a name, an address on paper, a key, a receiver
    "company_name", "first_name", "last_name", "address_line_1", "address_line_2", "postal_code", "city", "state",
    "country", "contact", "phone", "email", "bcc", "description",
}  # fmt: skip
A_FIELD = rf"\b({'|'.join(name for name in ADDRESS_INFO.names if name not in USED)})\b"
A_MOVE = rf"[\"']({'|'.join(MOVES)})[\"']"


def _together(members: str) -> Finder:
    """Members of enums side by side, and nothing else with them."""
    member = re.compile(rf"({members})\.[A-Z_]+")

    def find(module: Module) -> Iterator[int]:
        for node in module.nodes:
            if isinstance(node, ast.Tuple | ast.Set | ast.List):
                named = [member.fullmatch(ast.unparse(part)) for part in node.elts]
                if len(named) > 1 and all(named):
                    yield node.lineno

    return find


FACTS = [
    Rule(
        "the bands of utilisation stand in one table",
        says(r"\w+_80 = |Decimal\(80\), now"),
        but_in=("data_access/domain/limit_use.py",),  # is that place
    ),
    Rule(
        "a day, a count and an amount are put in words in one place",
        says(r"%-d|%[bB]|format_date\(|def (counted|exact_money)\("),
        but_in=(
            "data_access/base/",  # is that place
            "data_access/domain/billing/recurring_fees.py",  # two days of one year
            "data_access/cli/advance.py",  # a line of a log
            "dashboard/customer/tabs/money/balance_chart.py",  # the chart writes it in the browser
            "dashboard/planned/planned_calendar.py",  # a day of a calendar, without its year
        ),
    ),
    Rule(
        "what is due is asked for by a kind of DueIds",
        says(r"class Due\w+\(Query"),
        but_in=("data_access/queries/due.py",),  # is that place
    ),
    Rule(
        "the class of a customer is found by class_of()",
        says(r"CustomerClass\.id == customer\.|def _class_of"),
        but_in=(
            "data_access/services/facts/fees_of_customer.py",  # is that place
            "data_access/jobs/archive.py",  # on the one path that deletes
        ),
    ),
    Rule(
        "the terms that hold are found by in_force()",
        says(
            r"(CollectionPolicy|policy)\.number(\.desc\(\)|, )|max\(CollectionPolicy"
            r"|newest.*\.number|CollectionPolicy\.at <"
        ),
        but_in=(
            "data_access/queries/classes/policies.py",  # lists every version
            "data_access/queries/timeline/timeline_changes.py",  # the same
        ),
    ),
    Rule(
        "what was not reversed is found by unreversed()",
        says(r"reverses_id\.in_\(|with_only_columns\(\w+\.reverses_id"),
        but_in=("data_access/models/base.py",),  # is that place
    ),
    Rule(
        "what is true of a booking is a column of the table of bookings",
        _together("Kind"),
        but_in=(
            "data_access/base/bookings.py",  # is that table
            "data_access/services/facts/fees_of_customer.py",  # the two kinds of one subscription's fee
        ),
    ),
    Rule(
        "a group of statuses has a name beside its enum",
        _together("BillStatus|S|PaymentStatus|CardState|AskedState|PlanState|RequestState"),
        but_in=("data_access/base/statuses.py", "data_access/models/"),  # are those places
    ),
    Rule(
        "what is true of a move is a column of the table of moves",
        says(rf"{A_MOVE}: |== {A_MOVE}|{A_MOVE}, {A_MOVE}|\({A_MOVE},\)|{{{A_MOVE}}}"),
        but_in=(
            "data_access/domain/moves.py",  # is that table
            "data_access/domain/collections/terms.py",  # the parts of the names of fields
        ),
    ),
    Rule(
        "an invoice says itself whether it is open and overdue",
        says(
            r"overdue_from(\.\w+\(\))? ?(<|>)|payment_status(\.in_\(|.* in \w*OPEN)"
            r"|UNPAID,.*PARTLY_PAID|== .*Status\.COLLECT"
        ),
        but_in=(
            "data_access/models/",  # is that place
            "data_access/domain/collections/dunning.py",  # the same for one in hand with its terms
            "data_access/domain/billing/ledger.py",  # makes rows that are no invoices yet
            "data_access/seed/pursued.py",  # looks at such rows
            "data_access/imports/outcome.py",  # the same
            "data_access/services/lateness.py",  # whether it was late before it came here
            "data_access/search/customer_conditions.py",  # for how long
            "data_access/queries/billing/reversals.py",  # what will be open once the money is gone
        ),
    ),
    Rule(
        "a field of Address info is told on its column alone",
        says(A_FIELD),
        but_in=("data_access/models/customers.py", "data_access/migrations/versions/"),  # is that place, and its past
    ),
    Rule(
        "a choice with a label is Labelled",
        says(r"def __new__\(|_value_ = "),
        but_in=("data_access/base/labelled.py",),  # is that place
    ),
]

SECOND_PLACES = [
    ("the bands of utilisation stand in one table", "dashboard/x.py", 'FROM_80 = "from_80"'),
    *(
        ("a day, a count and an amount are put in words in one place", "dashboard/x.py", fault)
        for fault in (
            'f"due {due_on:%-d %B %Y}"',
            'f"{on.day} {on:%b %Y}"',
            "def counted(count: int, noun: str) -> str: ...",
        )
    ),
    (
        "what is due is asked for by a kind of DueIds",
        "data_access/queries/x.py",
        "class DueNotes(Query[list[int]]): ...",
    ),
    (
        "the class of a customer is found by class_of()",
        "data_access/services/x.py",
        "work.select(CustomerClass).where(CustomerClass.id == customer.customer_class_id)",
    ),
    *(
        ("the terms that hold are found by in_force()", "data_access/x.py", fault)
        for fault in (
            "versions.order_by(CollectionPolicy.number.desc()).limit(1)",
            "versions.order_by(policy.number, policy.id)",
            "func.max(CollectionPolicy.id)",
        )
    ),
    (
        "what was not reversed is found by unreversed()",
        "data_access/queries/x.py",
        "taken_back = mine.with_only_columns(Transaction.reverses_id)",
    ),
    (
        "what is true of a booking is a column of the table of bookings",
        "data_access/x.py",
        "RECEIVED = frozenset({Kind.MANUAL_PAYMENT, Kind.CAPTURE_PAYMENT})",
    ),
    (
        "a group of statuses has a name beside its enum",
        "data_access/x.py",
        "if customer.bill_status in (BillStatus.OPEN, BillStatus.SUSPENDED): go()",
    ),
    ("a group of statuses has a name beside its enum", "data_access/x.py", "_AWAY = {S.SUSPENDED, S.EXPORTED}"),
    *(
        ("what is true of a move is a column of the table of moves", "dashboard/x.py", fault)
        for fault in (
            '_DONE = {"block": "Blocked"}',
            'PLANNABLE = ("provisionally_terminate",)',
            'BESIDE = frozenset({"block", "unblock"})',
            'if move.name == "lift_suspension": go()',
        )
    ),
    *(
        ("an invoice says itself whether it is open and overdue", "data_access/queries/x.py", fault)
        for fault in (
            "query.where(Invoice.overdue_from <= now)",
            "query.where(Customer.first_overdue_from <= now)",
            "query.where(Invoice.payment_status.in_(OPEN))",
            "if row.payment_status in OPEN: go()",
            "_OPEN = (PaymentStatus.UNPAID, PaymentStatus.PARTLY_PAID)",
            "query.where(Invoice.collection_status == CollectionStatus.COLLECT)",
        )
    ),
    ("a field of Address info is told on its column alone", "dashboard/x.py", 'HELP = {"alt_phone": "For texts."}'),
    ("a choice with a label is Labelled", "data_access/x.py", "member._value_ = value"),
]
