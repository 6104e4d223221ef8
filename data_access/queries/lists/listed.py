"""The customers of a list, column by column: for a file, or for a frame in a notebook."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BindParameter, Select, bindparam, exists, func, label, or_, type_coerce

from data_access.base.clock import NOW, day_in
from data_access.base.money import Amount
from data_access.base.permissions import Actor, Permission
from data_access.base.text.masking import mask, shown, shown_phone
from data_access.base.text.text_keys import display_name
from data_access.domain.shown_status import Shown, beside, effective_limit, live, marks_of_all
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.models.money import Invoice
from data_access.queries.lists.customers import Selection, found_rows, permitted_sort
from data_access.queries.pagination.by_key import ORDERS, Sort
from data_access.search.filters import LISTED
from data_access.store.access import Access, Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.typed.columns import DAY, MONEY, driver_rows, record_batch

PART = 5_000
_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True, literal_execute=True)  # more than can be bound
_LABELS = {status.value: status.label for status in Shown}
_EXPORTS = Permission.PERSONAL_EXPORT
HEADINGS = {
    "customer_id": "Customer ID", "name": "Name", "status": "Status", "also": "Also",
    "customer_class": "Customer class", "currency": "Currency", "balance_control": "Balance control",
    "balance": "Balance", "available_funds": "Available funds", "credit_limit": "Credit limit",
    "overdue_amount": "Overdue amount", "days_overdue": "Days overdue", "overdue_since": "Overdue since",
    "next_step": "Next step", "next_step_on": "Next step on",
    "email": "E-mail", "phone": "Phone", "country": "Country", "created_at": "Customer since",
}  # fmt: skip


@dataclass(frozen=True)
class WhoIsListed(Query[Sequence[int]]):
    """The ids of all customers that a filter finds, in the order of the list; by Customer ID unless told."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    filter: Selection = LISTED
    sort: Sort | None = Sort.CUSTOMER_ID

    def run(self, reader: Reader) -> Sequence[int]:
        order = ORDERS[permitted_sort(self.filter, self.sort, reader.actor)]
        found = visible(Customer, reader.actor).where(*self.filter.where(reader.now)).with_only_columns(Customer.id)
        ids = array("q")
        for rows in driver_rows(reader.session.execute(order.sorted(found)), PART):
            ids.extend(chain.from_iterable(rows))
        return ids


@dataclass(frozen=True)
class ListedColumns(Query[pa.RecordBatch]):
    """These customers, a row each in this order, in the columns of `HEADINGS`; whoever is not seen is left out.

    Names and contacts are masked without the right to export personal data. What happens next is played forward for
    each customer to whom something happens, which takes longer than all the rest: without `has_next` it is left out.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    shows: ClassVar = Permission.PERSONAL_EXPORT
    ids: tuple[int, ...]
    has_next: bool = False

    def run(self, reader: Reader) -> pa.RecordBatch:
        found = record_batch(reader.session, _columns(reader.actor), {"ids": self.ids, "now": reader.now})
        places = pc.index_in(pa.array(self.ids, pa.int64()), value_set=found["id"])
        found = found.take(places.drop_null())
        told = _told(reader, found) | (_next(reader, found) if self.has_next else {})
        return pa.RecordBatch.from_pydict({name: told[name] for name in HEADINGS if name in told})


def parts_of_list(
    access: Access, selection: Selection, sort: Sort | None = Sort.CUSTOMER_ID, *, has_next: bool = False,
    size: int = PART,
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    """All customers of a filter as they stand, part by part: each has its own turn at the database.

    Who they are is settled at the start, so that nobody comes twice or is skipped while others work.
    """
    ids = access.look(WhoIsListed(selection, sort))
    for first in range(0, max(len(ids), 1), size):
        yield access.look(ListedColumns(tuple(ids[first : first + size]), has_next))


def for_people(part: pa.RecordBatch) -> pa.RecordBatch:
    """The same as a sheet has it: statuses in words, prepaid and postpaid amounts apart, no days where none are."""
    told = {name: part[name] for name in part.schema.names}
    prepaid, late = pc.equal(told["balance_control"], BalanceControl.PREPAID.value), pc.greater(told["days_overdue"], 0)
    late = pc.or_(late, pc.is_valid(told["overdue_since"]))
    told |= {
        "status": _each(told["status"], lambda status: _LABELS[status]),
        "also": _each(told["also"], lambda also: ", ".join(_LABELS[status] for status in also.split(", ") if status)),
        "balance_control": _each(told["balance_control"], str.capitalize),
        "balance": _where(pc.invert(prepaid), told["balance"]),
        "available_funds": _where(prepaid, told["available_funds"]),
        "overdue_amount": _where(late, told["overdue_amount"]),
        "days_overdue": _where(late, told["days_overdue"]),
        "created_at": told["created_at"].cast(DAY),
    }
    return pa.RecordBatch.from_pydict({HEADINGS[name]: column for name, column in told.items()})


@made_once
def _columns(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(Customer, actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .where(Customer.id.in_(_IDS))
        .with_only_columns(
            Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
            Customer.email, Customer.phone, Customer.country, Customer.created_at, Customer.currency,
            Customer.balance_control, Customer.balance, Customer.billing_zone,
            effective_limit(NOW).label("credit_limit"), CustomerClass.name.label("class_name"),
            marks_of_all(NOW), label("is_overdue", Customer.is_overdue(NOW)),
            maintain_column_froms=True,
        )
    )  # fmt: skip


@made_once
def _changing(actor: Actor) -> Select[int]:
    """Those to whom something happens by itself or by plan, if to anybody."""
    planned = visible(PlannedMove, actor).where(
        PlannedMove.customer_id == Customer.id, PlannedMove.state == PlanState.PLANNED
    )
    stored = Customer.suspension_lifted_until.is_not(None) | Customer.terminate_on.is_not(None)
    some = or_(Customer.is_overdue(NOW), stored, exists(planned.with_only_columns(PlannedMove.id)))
    return visible(Customer, actor).where(Customer.id.in_(_IDS), live(), some).with_only_columns(Customer.id)


@made_once
def _late(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(Invoice, actor)
        .where(Invoice.customer_id.in_(_IDS), Invoice.is_overdue(NOW))
        .group_by(Invoice.customer_id)
        .with_only_columns(
            Invoice.customer_id,
            type_coerce(func.sum(Invoice.open), Amount).label("amount"),
            func.min(Invoice.due_on).label("since"),
        )
    )


def _told(reader: Reader, found: pa.RecordBatch) -> dict[str, pa.Array]:
    balance, limit = found["balance"], found["credit_limit"]
    prepaid = pc.equal(found["balance_control"], BalanceControl.PREPAID.value)
    available = pc.if_else(prepaid, pc.negate(balance), pc.subtract(limit, balance).cast(MONEY))
    return {
        "customer_id": found["customer_code"],
        "name": _names(reader, found),
        "status": _each(found["marks"], _shown_first),
        "also": _each(found["marks"], _also),
        "customer_class": found["class_name"],
        "currency": found["currency"],
        "balance_control": found["balance_control"],
        "balance": balance,
        "available_funds": available,
        "credit_limit": limit,
        **_overdue(reader, found),
        "email": _shown(reader, found["email"], shown),
        "phone": _shown(reader, found["phone"], shown_phone),
        "country": found["country"],
        "created_at": found["created_at"],
    }


def _names(reader: Reader, found: pa.RecordBatch) -> pa.Array:
    parts = zip(
        *(found[name].to_pylist() for name in ("company_name", "first_name", "last_name", "customer_code")), strict=True
    )
    plainly = reader.actor.may(_EXPORTS)
    told = []
    for company_name, first_name, last_name, code in parts:
        name = display_name(company_name=company_name, first_name=first_name, last_name=last_name, customer_code="")
        told.append((name if plainly else mask(name)) or code)
    return pa.array(told, pa.string())


def _shown(reader: Reader, texts: pa.Array, show: Callable[[str, Actor, Permission], str]) -> pa.Array:
    if reader.actor.may(_EXPORTS):
        return texts
    return pa.array([show(text, reader.actor, _EXPORTS) for text in texts.to_pylist()], pa.string())


def _shown_first(marks: int) -> str:
    """Of the conditions that hold the highest, as `shown_status` says it; to ask the database twice takes its time."""
    return (*beside("", marks), Shown.ACTIVE.value)[0]


def _also(marks: int) -> str:
    """What holds beside the shown status, the highest first."""
    return ", ".join(beside("", marks)[1:])


def _overdue(reader: Reader, found: pa.RecordBatch) -> dict[str, pa.Array]:
    ids = found["id"].filter(found["is_overdue"]).to_pylist()
    late = record_batch(reader.session, _late(reader.actor), {"ids": ids, "now": reader.now})
    places = pc.index_in(found["id"], value_set=late["customer_id"])
    amount, since = (late[name].take(places) for name in ("amount", "since"))
    zones = found["billing_zone"].to_pylist()
    today = {zone: day_in(zone, reader.now) for zone in set(zones)}
    days = [(today[zone] - day).days if day else 0 for zone, day in zip(zones, since.to_pylist(), strict=True)]
    zero = pa.scalar(0, pa.int64()).cast(MONEY)
    return {
        "overdue_amount": amount.fill_null(zero), "days_overdue": pa.array(days, pa.int64()), "overdue_since": since,
    }  # fmt: skip


def _next(reader: Reader, found: pa.RecordBatch) -> dict[str, pa.Array]:
    known = {"ids": found["id"].to_pylist(), "now": reader.now}
    ids = list(reader.session.scalars(_changing(reader.actor), known))
    steps = {row.id: row.next_step for row in found_rows(reader, ids, right=_EXPORTS)}
    told = [steps.get(key) for key in found["id"].to_pylist()]
    return {
        "next_step": pa.array([step and step.says for step in told], pa.string()),
        "next_step_on": pa.array([step and step.on for step in told], DAY),
    }


def _where(holds: pa.Array, column: pa.Array) -> pa.Array:
    return pc.if_else(holds, column, pa.scalar(None, column.type))


def _each(column: pa.Array, word: Callable[[Any], str]) -> pa.Array:
    """A few values many times: each is looked up once."""
    kept = column.dictionary_encode()
    return pa.array([word(value) for value in kept.dictionary.to_pylist()], pa.string()).take(kept.indices)
