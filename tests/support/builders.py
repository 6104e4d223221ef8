"""Builders: plain functions that write what a test starts from, true to the invariants, and give back its id."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Engine, bindparam, func, select

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.base.text.text_keys import fold
from data_access.domain.billing.ledger import Books
from data_access.domain.billing.volume_discounts import written
from data_access.domain.collections.policy import POLICY_FIELDS, Policy, first_versions
from data_access.domain.validation import folded_keys
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Promise, Section
from data_access.models.customers import Account, AccountKind, BalanceControl, Customer, Note
from data_access.models.history import StatusEvent
from data_access.models.money import CollectionStatus, Invoice, PaymentStatus
from data_access.models.numbers import Did
from data_access.models.people import Reseller
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan, Readiness
from data_access.models.plans.wallets import TopUpOption
from data_access.models.quotas import Quota, Unit
from data_access.models.services import Adjustment, Subscription, SubscriptionPlan
from data_access.services.allocating import unused_of
from data_access.store.bulk import BulkLoad, bulk_load
from tests.support.people import NOW
from tests.support.rows import BEFORE, arrangement, insert

_numbers = count(1)
_SUMMARIES = ("balance", "unallocated")

# Thousands of tests ask these: a statement that is made once is also compiled once.
_ROW = select(Customer.__table__).where(Customer.__table__.c.id == bindparam("customer_id"))
_NEWEST_TERMS = select(func.max(CollectionPolicy.id)).where(
    CollectionPolicy.customer_class_id == bindparam("class_id"), CollectionPolicy.section == Section.REGULAR
)
_FIRST_OVERDUE = select(func.min(Invoice.overdue_from)).where(
    Invoice.customer_id == bindparam("customer_id"),
    Invoice.payment_status.in_((PaymentStatus.UNPAID, PaymentStatus.PARTLY_PAID)),
    Invoice.collection_status == CollectionStatus.COLLECT,
)


def a_class(engine: Engine, **over: Any) -> int:
    """A customer class without a currency, so that it fits every customer; `over` holds fields of its policy too."""
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        class_id = _insert_class(load, over)
        load.complete({})
    return class_id


def _insert_class(load: BulkLoad, over: dict[str, Any]) -> int:
    name = over.pop("name", None) or f"Class {next(_numbers)}"
    policy = Policy(**{field: over.pop(field) for field in POLICY_FIELDS if field in over})
    row: dict[str, Any] = {"name": name, "name_key": fold(name), "business_model": "Residential"} | over
    load.insert(CustomerClass, [row])
    first = first_versions(row["id"], policy, command_id=load.order.command_id, at=BEFORE, login="system")
    load.insert(CollectionPolicy, first)
    return int(row["id"])


def a_reseller(engine: Engine, **over: Any) -> int:
    name = over.pop("name", None) or f"Reseller {next(_numbers)}"
    return insert(engine, Reseller, {"name": name, "name_key": fold(name)} | over)


def a_customer(engine: Engine, **over: Any) -> int:
    """A customer in EUR with a limit of 1000, active; `over` holds columns of its row.

    `balance` and `unallocated` are reached by bookings: a charge or a credit, and a payment not used yet. A status
    is completed by the facts that belong to it.
    """
    wanted = {name: over.pop(name, ZERO) for name in _SUMMARIES}
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        row = _customer_row(load, over)
        load.reserve(Customer, [row])
        books = _books(load, row, policy_id=0)  # no invoice is issued here
        _reach(books, **wanted)
        row |= books.summaries() | {
            name: over[name] for name in ("outstanding", "first_overdue_from", "collect_at") if name in over
        }
        load.insert(Customer, [row])
        load.keep([books])
        load.insert(StatusEvent, [_created(load, row)])
        load.complete({})
    return int(row["id"])


def _customer_row(load: BulkLoad, over: dict[str, Any]) -> dict[str, Any]:
    code = over.pop("customer_code", None) or f"C{next(_numbers):05}"
    prepaid = over.get("balance_control") == BalanceControl.PREPAID
    row: dict[str, Any] = {
        "customer_code": code, "customer_class_id": over.get("customer_class_id") or _insert_class(load, {}),
        "balance_control": BalanceControl.POSTPAID, "currency": "EUR",
        "credit_limit": None if prepaid else Decimal(1000), "created_at": BEFORE, "billing_zone": "UTC",
        "company_name": "", "first_name": "", "last_name": "", "email": "", "phone": "",
    } | _facts(over.get("bill_status", BillStatus.OPEN)) | over  # fmt: skip
    return row | folded_keys(row)


def _facts(status: BillStatus) -> dict[str, Any]:
    """What a status never stands without."""
    ago = NOW - timedelta(days=5)
    facts: dict[BillStatus, dict[str, Any]] = {
        BillStatus.OPEN: {},
        BillStatus.SUSPENDED: {"suspended_at": ago, "suspension_cause": SuspensionCause.COLLECTION},
        BillStatus.PROVISIONALLY_TERMINATED: {
            "provisionally_terminated_at": ago,
            "terminate_on": (ago + timedelta(days=30)).date(),
        },
        BillStatus.PERMANENTLY_TERMINATED: {"terminated_at": ago, "terminate_on": ago.date()},
        BillStatus.EXPORTED: {"exported_at": ago},
    }
    return facts[status]


def _books(load: BulkLoad, row: dict[str, Any], *, policy_id: int) -> Books:
    zone = row.get("billing_zone", "UTC")
    return Books(row["id"], row["currency"], zone, load.order.command_id, count(1), policy_id)


def _policy_of(load: BulkLoad, class_id: int) -> int:
    """The newest terms of regular invoices of a class."""
    return load.connection.scalar(_NEWEST_TERMS, {"class_id": class_id}) or 0


def _reach(books: Books, *, balance: Decimal, unallocated: Decimal) -> None:
    charged = balance + unallocated
    when: dict[str, Any] = {"value_on": BEFORE.date(), "at": BEFORE}
    if charged:
        books.book(Kind.MANUAL_CHARGE if charged > 0 else Kind.PROMOTIONAL_CREDIT, abs(charged), **when)
    if unallocated:
        books.book(Kind.MANUAL_PAYMENT, unallocated, **when)


def _created(load: BulkLoad, row: dict[str, Any]) -> dict[str, Any]:
    status = row.get("bill_status", BillStatus.OPEN)
    return {
        "customer_id": row["id"], "command_id": load.order.command_id, "at": row["created_at"], "move": "created",
        "status_from": BillStatus.OPEN, "status_to": status, "blocked": row.get("blocked", False),
        "login": "system", "reason": "",
    }  # fmt: skip


def an_invoice(engine: Engine, customer_id: int, **over: Any) -> int:
    """An invoice of 100 with its charge, issued on 1 February and due 14 days later; the summaries follow.

    `paid` is reached by a payment, `at` is when all of it was recorded.
    """
    paid, at = over.pop("paid", ZERO), over.pop("at", BEFORE)
    total, number = over.pop("total", Decimal(100)), over.pop("number", None) or f"INV-{next(_numbers):06}"
    issued_on: date = over.pop("issued_on", date(2026, 2, 1))
    due_on = over.pop("due_on", issued_on + timedelta(days=14))
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        row = _row_of(load, customer_id)
        books = _books(load, row, policy_id=_policy_of(load, row["customer_class_id"]))
        books.balance = row["balance"]
        unused = load.connection.execute(unused_of(SYSTEM), {"ids": [customer_id]}) if row["unallocated"] else ()
        books.bring_unused((payment.id, payment.free) for payment in unused)
        if total:
            books.book(_charge(total), abs(total), value_on=issued_on, at=at)
        invoice = books.issue(number, total, issued_on=issued_on, due_on=due_on, at=at, **over)
        if paid:
            books.book(Kind.MANUAL_PAYMENT, paid, value_on=issued_on, at=at)
        load.keep([books])
        load.summarise(customer_id, _after(load, row, books))
        load.complete({})
    return int(invoice["id"])


def _charge(total: Decimal) -> Kind:
    return Kind.INVOICED_CHARGE if total > 0 else Kind.MANUAL_CREDIT


def _row_of(load: BulkLoad, customer_id: int) -> dict[str, Any]:
    return dict(load.connection.execute(_ROW, {"customer_id": customer_id}).mappings().one())


def _after(load: BulkLoad, row: dict[str, Any], books: Books) -> dict[str, Any]:
    own = books.summaries()
    first = load.connection.execute(_FIRST_OVERDUE, {"customer_id": row["id"]}).scalar_one()
    return {
        "balance": books.balance, "outstanding": row["outstanding"] + own["outstanding"],
        "unallocated": own["unallocated"], "first_overdue_from": first,
        "collect_at": own["collect_at"] or row["collect_at"],
    }  # fmt: skip


def a_suspended_customer(engine: Engine, **over: Any) -> int:
    """A customer that is suspended because of an overdue invoice of 100."""
    customer_id = a_customer(engine, **({"bill_status": BillStatus.SUSPENDED} | over))
    an_invoice(engine, customer_id)
    return customer_id


def an_account(engine: Engine, customer_id: int, **over: Any) -> int:
    row = {
        "customer_id": customer_id, "account_code": f"4930{next(_numbers):07}", "kind": AccountKind.PHONE_LINE,
        "product": "Home line", "activated_on": BEFORE.date(),
    } | over  # fmt: skip
    return insert(engine, Account, row)


def a_subscription(engine: Engine, customer_id: int, **over: Any) -> int:
    """A subscription to a plan, by default one of its own at 29.90 EUR a period, charged in advance."""
    percent = over.get("fee_percent", 100)
    adjustment = Adjustment.DISCOUNT if percent < 100 else Adjustment.UPCHARGE if percent > 100 else Adjustment.NOT_SET
    row = {
        "customer_id": customer_id, "plan_id": over.get("plan_id") or a_plan(engine), "started_on": BEFORE.date(),
        "activated_on": BEFORE.date(), "adjustment": adjustment,
    } | over  # fmt: skip
    return insert(engine, Subscription, row)


def a_plan(engine: Engine, **over: Any) -> int:
    name = over.pop("name", None) or f"Internet {next(_numbers)}"
    row = {
        "name": name, "name_key": fold(name), "public_name": "Internet", "currency": "EUR", "fee": Decimal("29.90"),
    } | over  # fmt: skip
    return insert(engine, SubscriptionPlan, row)


def a_promise(engine: Engine, customer_id: int, **over: Any) -> int:
    """An open promise to pay 20 within a week."""
    row = {
        "customer_id": customer_id, "amount": Decimal(20), "due_at": NOW + timedelta(days=7), "made_at": BEFORE,
        "login": "support",
    } | over  # fmt: skip
    return insert(engine, Promise, row)


def a_did(engine: Engine, customer_id: int | None = None, **over: Any) -> int:
    row = {
        "customer_id": customer_id, "number": f"4940{next(_numbers):07}", "country": "DE", "fee": Decimal(2),
        "vendor_cost": Decimal(1), "vendor_currency": "EUR",
    } | over  # fmt: skip
    return insert(engine, Did, row)


def a_quota(engine: Engine, customer_id: int, **over: Any) -> int:
    """A quota of 100 minutes of calls, granted anew each month."""
    row = {
        "customer_id": customer_id, "service": "Calls", "unit": Unit.MINUTES, "allowance": Decimal(100),
        "started_on": BEFORE.date(),
    } | over  # fmt: skip
    return insert(engine, Quota, row)


def a_note(engine: Engine, customer_id: int, **over: Any) -> int:
    row = {"customer_id": customer_id, "at": BEFORE, "author": "support", "text": "Called back."} | over
    return insert(engine, Note, row)


def today() -> date:
    """The day of the desk's own clock, in UTC, for pages that look at it themselves."""
    return system_clock().date()


def later(days: int, now: datetime = NOW) -> date:
    """The day so many days after a moment; before it, if negative."""
    return (now + timedelta(days=days)).date()


def a_discount_plan(engine: Engine, *rules: tuple[str, str, str, str], **over: Any) -> int:
    """A volume discount plan in use; without rules of its own 10 percent off what calls cost above 100 EUR."""
    name = over.pop("name", None) or f"Volume {next(_numbers)}"
    row = {
        "name": name, "name_key": fold(name), "currency": "EUR", "readiness": Readiness.IN_USE,
        "rules": written(rules or [("Calls", "amount", "100", "10")]),
    } | over  # fmt: skip
    return insert(engine, DiscountPlan, row)


def a_discount(engine: Engine, customer_id: int, **over: Any) -> int:
    """The volume discount plan of a customer, since before."""
    row = {
        "customer_id": customer_id, "plan_id": over.get("plan_id") or a_discount_plan(engine),
        "started_on": BEFORE.date(),
    } | over  # fmt: skip
    return insert(engine, DiscountAssignment, row)


def a_top_up_option(engine: Engine, **over: Any) -> int:
    """A hundred minutes of calls for 5 EUR, for thirty days."""
    name = over.pop("name", None) or f"Top-up {next(_numbers)}"
    row = {
        "name": name, "name_key": fold(name), "service": "Calls", "amount": Decimal(100), "unit": Unit.MINUTES,
        "fee": Decimal(5), "currency": "EUR", "lifetime_days": 30,
    } | over  # fmt: skip
    return insert(engine, TopUpOption, row)
