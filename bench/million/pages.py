"""Which pages are measured over a large book, and at which addresses of it: several of each, in turns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Engine, select

from dashboard.customer.tab_bar import TABS
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import live
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.queries.pagination.pages import Cursor

ADDRESSES = 12  # of each page about one customer, so that no customer is looked at twice in a row
_PLAIN = {
    "Collections": "collections", "Credit exposure": "credit_exposure", "Planned changes": "planned_changes",
    "Audit log": "audit_log", "Customer classes": "customer_classes", "Retention": "retention", "Jobs": "jobs",
    "Bulk actions": "bulk_actions", "Exports": "exports", "Import": "import_file", "New customer": "new_customer",
    "People and roles": "people",
}  # fmt: skip
_SEARCHED = ("customer_class.is_one_of.Business EUR|Residential EUR", "balance.at_least.100", "country.is.DE")


@dataclass(frozen=True, slots=True)
class PageWork:
    """A page, at addresses that follow one another; `finds`: what is typed into the finder upon it instead."""

    name: str
    page: str
    addresses: Sequence[str] = ("",)
    finds: Sequence[str] = ()


def page_works(engine: Engine) -> list[PageWork]:
    """All of them, with addresses of this book."""
    with engine.connect() as connection:
        return [*_lists(connection), *_others(connection), *_customers(connection)]


def _lists(connection: Any) -> Iterator[PageWork]:
    place = select(Customer.name_key, Customer.id).where(live())
    in_order = place.order_by(Customer.name_key, Customer.id)
    places = [str(Cursor(tuple(connection.execute(in_order.offset(100 * n).limit(1)).one()))) for n in range(1, 7)]
    class_name = connection.scalar(select(CustomerClass.name).where(CustomerClass.currency == "EUR").limit(1))
    yield PageWork("Customers", "customers")
    yield PageWork("Customers: another page", "customers", [f"after={quote(each)}" for each in places])
    yield PageWork("Customers: suspended", "customers", ["status=suspended"])
    yield PageWork("Customers: by balance", "customers", ["sort=balance&currency=EUR"])
    yield PageWork(
        "Customers: class and currency", "customers", [urlencode({"customer_class": class_name, "currency": "EUR"})]
    )
    names = connection.scalars(select(Customer.last_name).where(Customer.last_name != "").limit(ADDRESSES)).all()
    yield PageWork("Customers: contains a surname", "customers", [f"match=contains&q={quote(each)}" for each in names])
    yield PageWork("Customers: nobody found", "customers", ["match=contains&q=zzzqx"])
    yield PageWork("Advanced search", "advanced_search", [urlencode([("where", each) for each in _SEARCHED])])


def _others(connection: Any) -> Iterator[PageWork]:
    yield PageWork("Home", "")
    for name, page in _PLAIN.items():
        yield PageWork(name, page)
    invoices = connection.scalars(select(Invoice.id).order_by(Invoice.id.desc()).limit(ADDRESSES)).all()
    yield PageWork("Invoice", "invoice", [f"id={each}" for each in invoices])
    classes = connection.scalars(select(CustomerClass.id).limit(ADDRESSES)).all()
    yield PageWork("Customer class", "customer_class", [f"id={each}" for each in classes])
    sought = connection.execute(select(Customer.last_name, Customer.phone).where(Customer.last_name != "")).fetchmany(6)
    yield PageWork("Finder", "", finds=[*(row.last_name for row in sought), *(row.phone[:8] for row in sought)])


def _customers(connection: Any) -> Iterator[PageWork]:
    late = select(Customer.id).where(Customer.bill_status == BillStatus.SUSPENDED)
    calm = select(Customer.id).where(
        Customer.bill_status == BillStatus.OPEN, Customer.first_overdue_from.is_(None),
        Customer.balance_control == BalanceControl.POSTPAID,
    )  # fmt: skip
    in_order, suspended = (
        connection.scalars(each.order_by(Customer.id.desc()).limit(ADDRESSES)).all() for each in (calm, late)
    )
    yield PageWork("Customer, in order", "customer", [f"id={each}" for each in in_order])
    for title in TABS:
        addresses = [urlencode({"id": each, "tab": title}) for each in suspended]
        yield PageWork(f"Customer, suspended: {title}", "customer", addresses)
    yield PageWork("Next invoice", "next_invoice", [f"id={each}" for each in in_order])
