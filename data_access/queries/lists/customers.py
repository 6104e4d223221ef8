"""Finding customers: pages of rows, in an order, by a filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, label

from data_access.base.clock import NOW, Instant, day_in, present, quarter_of
from data_access.base.permissions import Actor, Permission
from data_access.base.text.masking import mask, shown_name
from data_access.base.text.text_keys import display_name
from data_access.domain.shown_status import beside, effective_limit, marks_of_all, shown_status
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.queries.forecast.kept_steps import Late, late_customers
from data_access.queries.forecast.next_step import NextStep, next_step
from data_access.queries.lists.kept_counts import is_somebody
from data_access.queries.pagination.by_key import ORDERS, Sort, sort_for
from data_access.queries.pagination.pages import Direction, Page, Shape, Stretch, read_page
from data_access.search.expression import refuse_personal
from data_access.search.filters import LISTED
from data_access.store.access import Query, Reader
from data_access.store.confined import MadeOnce, made_once
from data_access.store.scope import visible

More = TypeVarTuple("More")
S = TypeVar("S")
PAGE_SIZE = 25
IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
AnyRow = Row[*tuple[Any, ...]]


class Selection(Protocol):
    """What says which customers are meant: the filter of the Customers page, or that of Advanced search."""

    @property
    def is_by_clock(self) -> bool: ...

    def where(self, now: Instant) -> list[ColumnElement[bool]]: ...

    def describe(self, *, quoted: bool = True) -> str: ...

    def require(self, actor: Actor) -> None: ...


F = TypeVar("F", bound=Selection)


class CustomerRow(NamedTuple):
    """A customer as a list shows it. Balance: positive when the customer owes. `credit_limit` is the one in force."""

    id: int
    customer_code: str
    name: str
    shown: str
    secondary: tuple[str, ...]
    class_name: str
    currency: str
    balance_control: str
    balance: Decimal
    credit_limit: Decimal | None
    available: Decimal | None
    overdue_amount: Decimal
    overdue_since: date | None
    days_overdue: int
    next_step: NextStep | None


@dataclass(frozen=True)
class FindCustomers(Query[Page[CustomerRow]]):
    """One page of customers in the order asked for; the id decides between equals."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: Selection = LISTED
    sort: Sort | None = None
    direction: Direction = Direction.FIRST
    cursor: str = ""
    size: int = PAGE_SIZE

    def run(self, reader: Reader) -> Page[CustomerRow]:
        order = ORDERS[permitted_sort(self.filter, self.sort, reader.actor)]
        stretch = Stretch.of(order, self.direction, self.cursor, self.size)
        if stretch.place is None and self._is_nobody(reader):
            return Page(())
        page = read_page(reader, asked(reader, _found, self.filter, stretch.shape), stretch)
        return page.of(found_rows(reader, [row.id for row in page.rows], right=self.shows))

    def _is_nobody(self, reader: Reader) -> bool:
        """As kept counts tell, where they can."""
        some = asked(reader, _some, self.filter)
        return some is not None and not reader.session.scalar(some, {"now": reader.now})


def asked(reader: Reader, make: MadeOnce[F, Instant, *More, S], selection: F, *more: *More) -> S:
    """The statement for a selection, which was made once; once in a quarter of an hour if it asks for days."""
    return make(reader.actor, selection, now_for(reader, selection), *more)


def now_for(reader: Reader, *selections: Selection) -> Instant:
    """The present instant as their statement names it."""
    return present(quarter_of(reader.now)) if any(each.is_by_clock for each in selections) else NOW


@made_once
def _found(actor: Actor, selection: Selection, now: Instant, shape: Shape) -> Select[Any]:
    return shape.cut(visible(Customer, actor).where(*selection.where(now)).with_only_columns(Customer.id))


@made_once
def _some(actor: Actor, selection: Selection, now: Instant) -> Select[bool] | None:
    return is_somebody(actor, selection.where(now))


def permitted_sort(selection: Selection, sort: Sort | None, actor: Actor) -> Sort:
    """The order that holds; NotPermitted when filter or order look into what the actor sees masked."""
    selection.require(actor)
    order = sort_for(actor, sort)
    if order is Sort.NAME:
        refuse_personal(actor, ["name"], doing="Sorting")
    return order


def listed(actor: Actor, now: Instant) -> Select[*tuple[Any, ...]]:
    """The columns that make a row of the list, of all customers."""
    return (
        visible(Customer, actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .with_only_columns(
            Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
            Customer.currency, Customer.balance_control, Customer.balance,
            effective_limit(now).label("credit_limit"),
            Customer.billing_zone, Customer.bill_status, Customer.suspension_lifted_until, Customer.terminate_on,
            CustomerClass.name.label("class_name"), shown_status(now), marks_of_all(now),
            label("is_overdue", Customer.is_overdue(now)), *_first_plan(actor),
            maintain_column_froms=True,
        )
    )  # fmt: skip


@made_once
def listed_by_id(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The same of customers by their `ids`, at the instant `now`."""
    return listed(actor, NOW).where(Customer.id.in_(IDS))


def found_rows(reader: Reader, ids: Sequence[int], *, right: Permission) -> tuple[CustomerRow, ...]:
    """The rows of these customers, in the order of the ids."""
    if not ids:
        return ()
    found = reader.session.execute(listed_by_id(reader.actor), {"ids": ids, "now": reader.now})
    rows = {row.id: row for row in found}
    return customer_rows(reader, [rows[key] for key in ids if key in rows], right=right)


def customer_rows(
    reader: Reader, found: Sequence[AnyRow], *, right: Permission = Permission.PERSONAL_READ
) -> tuple[CustomerRow, ...]:
    """Rows of `listed` as people read them, with what is overdue and what comes next: one more statement."""
    late = late_customers(reader, [row.id for row in found if row.is_overdue])
    plainly = reader.actor.may(right)
    return tuple(_row(row, reader.now, late.get(row.id, _NOTHING_LATE), plainly=plainly) for row in found)


def _first_plan(actor: Actor) -> tuple[ColumnElement[Any], ...]:
    """Which move is planned next, and for when: no later one is ever the next step."""
    mine = visible(PlannedMove, actor).where(
        PlannedMove.customer_id == Customer.id, PlannedMove.state == PlanState.PLANNED
    )
    first = mine.order_by(PlannedMove.due_on, PlannedMove.id).limit(1).correlate(Customer)
    return tuple(
        first.with_only_columns(column).scalar_subquery().label(name)
        for name, column in (("planned_move", PlannedMove.move), ("planned_on", PlannedMove.due_on))
    )


_NOTHING_LATE = Late()


def _row(row: AnyRow, now: datetime, late: Late, *, plainly: bool) -> CustomerRow:
    name = display_name(
        company_name=row.company_name, first_name=row.first_name, last_name=row.last_name, customer_code=""
    )
    control, balance, limit = row.balance_control, row.balance, row.credit_limit
    return CustomerRow(
        id=row.id,
        customer_code=row.customer_code,
        name=(name if plainly else mask(name)) or row.customer_code,
        shown=row.shown,
        secondary=beside(row.shown, row.marks),
        class_name=row.class_name,
        currency=row.currency,
        balance_control=control.value,
        balance=balance,
        credit_limit=limit,
        available=available(control, balance, limit),
        overdue_amount=late.overdue,
        overdue_since=late.since,
        days_overdue=(day_in(row.billing_zone, now) - late.since).days if late.since else 0,
        next_step=next_step(
            bill_status=row.bill_status,
            lifted_until=row.suspension_lifted_until,
            terminate_on=row.terminate_on,
            zone=row.billing_zone,
            now=now,
            plans=[(row.planned_move, row.planned_on)] if row.planned_move else (),
            by_debt=late.next,
        ),
    )


def name_of(reader: Reader, row: AnyRow, right: Permission = Permission.PERSONAL_READ) -> str:
    """What the customer of a row is called; masked where the actor may not see it."""
    return shown_name(
        reader.actor,
        company_name=row.company_name,
        first_name=row.first_name,
        last_name=row.last_name,
        customer_code=row.customer_code,
        right=right,
    )


def available(control: BalanceControl, balance: Decimal, credit_limit: Decimal | None) -> Decimal | None:
    """What is left to spend; None: no limit."""
    if control is BalanceControl.PREPAID:
        return -balance
    return None if credit_limit is None else credit_limit - balance
