"""One customer's books in memory: a running balance, invoices, and payments that settle the oldest invoice first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import overdue_from, start_of
from data_access.base.money import ZERO
from data_access.domain.billing.sharing import Owed, share_out
from data_access.models.money import OPEN, CollectionStatus, InvoiceType, PaymentStatus

Row = dict[str, Any]


@dataclass(slots=True)
class Unused:
    """A payment and how much of it is free. One that stands in the database already is known by its id."""

    payment: Row
    free: Decimal


@dataclass(slots=True)
class Books:
    """What was booked for one customer, as rows that refer to each other until a bulk load gives them ids.

    Bookings are entered in the order in which they were recorded. `lines` counts the bookings of a whole command.
    """

    customer_id: int
    currency: str
    zone: str
    command_id: str
    lines: Iterator[int]
    policy_id: int
    person_id: int | None = None
    balance: Decimal = ZERO
    invoices: list[Row] = field(default_factory=list)
    transactions: list[Row] = field(default_factory=list)
    allocations: list[Row] = field(default_factory=list)
    invoice_lines: list[Row] = field(default_factory=list)
    _unpaid: list[Row] = field(default_factory=list)
    _unused: list[Unused] = field(default_factory=list)
    _not_invoiced: list[Row] = field(default_factory=list)

    def issue(
        self, number: str, total: Decimal, *, issued_on: date, due_on: date, at: datetime,
        has_own_payment: bool = False, **more: Any,
    ) -> Row:  # fmt: skip
        """An invoice; what is left of earlier payments settles it at once, unless a payment of its own follows."""
        row = {
            "customer_id": self.customer_id, "policy_id": self.policy_id, "number": number,
            "type": InvoiceType.REGULAR, "issued_on": issued_on, "due_on": due_on,
            "overdue_from": overdue_from(due_on, self.zone), "currency": self.currency, "total": total, "paid": ZERO,
            "collection_status": CollectionStatus.COLLECT,
            "payment_status": PaymentStatus.UNPAID if total > 0 else PaymentStatus.DO_NOT_PAY,
        } | more  # fmt: skip
        self.invoices.append(row)
        self._cover(row)
        if row["payment_status"] in OPEN and not has_own_payment:
            self._unpaid.append(row)
            self._settle(at)
        return row

    def _cover(self, invoice: Row) -> None:
        """The lines of an invoice over bookings that refer to it: what stands on it is not invoiced again."""
        covered = [row for row in self._not_invoiced if row.get("reference") == invoice["number"]]
        self._not_invoiced = []
        if any(BOOKINGS[row["kind"]].invoiced for row in covered):
            self.invoice_lines.extend(_line(invoice, row) for row in covered)

    def book(self, kind: Kind, amount: Decimal, *, value_on: date, at: datetime, **more: Any) -> Row:
        """A booking of a positive amount; money received settles the oldest unpaid invoices."""
        row = self._booked(kind, amount, value_on=value_on, at=at, more=more)
        if BOOKINGS[kind].settles:
            self._unused.append(Unused(row, amount))
            self._settle(at)
        return row

    def pay(self, invoice: Row, *, value_on: date, at: datetime, **more: Any) -> Row:
        """The payment of its own that an invoice was issued with, whatever else is unpaid."""
        row = self._booked(Kind.MANUAL_PAYMENT, invoice["total"], value_on=value_on, at=at, more=more)
        self._allocate(row, invoice, invoice["total"], at)
        return row

    def bring_unused(self, payments: Iterable[tuple[int, Decimal]]) -> None:
        """What is not used up of payments that stand in the database, the oldest first."""
        self._unused += [Unused({"id": payment_id}, free) for payment_id, free in payments if free > 0]

    def summaries(self) -> Row:
        """What the customer's row keeps of its books. Collection looks at once: it alone knows what it has done."""
        unpaid = [row for row in self._unpaid if row["collection_status"] is CollectionStatus.COLLECT]
        return {
            "balance": self.balance,
            "outstanding": sum((row["total"] - row["paid"] for row in self._unpaid), ZERO),
            "unallocated": sum((one.free for one in self._unused), ZERO),
            "first_overdue_from": min((row["overdue_from"] for row in unpaid), default=None),
            "collect_at": min((start_of(row["issued_on"], self.zone) for row in unpaid), default=None),
        }

    def _booked(self, kind: Kind, amount: Decimal, *, value_on: date, at: datetime, more: Row) -> Row:
        signed = BOOKINGS[kind].signed(amount)
        self.balance += signed
        row = {
            "customer_id": self.customer_id, "command_id": self.command_id, "line": next(self.lines), "kind": kind,
            "amount": signed, "balance_after": self.balance, "currency": self.currency, "at": at,
            "value_on": value_on, "person_id": self.person_id,
        } | more  # fmt: skip
        self.transactions.append(row)
        if kind is Kind.INVOICED_CHARGE or BOOKINGS[kind].invoiced:
            self._not_invoiced.append(row)
        return row

    def _settle(self, at: datetime) -> None:
        if not (self._unpaid and self._unused):
            return
        owed = [Owed(row, row["issued_on"], row["total"] - row["paid"]) for row in self._unpaid]
        for share in share_out([(one, one.free) for one in self._unused], owed):
            share.payment.free -= share.amount
            self._allocate(share.payment.payment, share.bill, share.amount, at)
        self._unpaid = [row for row in self._unpaid if row["payment_status"] in OPEN]
        self._unused = [one for one in self._unused if one.free > 0]

    def _allocate(self, payment: Row, invoice: Row, amount: Decimal, at: datetime) -> None:
        invoice["paid"] += amount
        is_paid = invoice["paid"] == invoice["total"]
        invoice["payment_status"] = PaymentStatus.PAID if is_paid else PaymentStatus.PARTLY_PAID
        self.allocations.append(
            {"customer_id": self.customer_id, "command_id": self.command_id, "payment": payment, "invoice": invoice,
             "amount": amount, "at": at}
        )  # fmt: skip


def _line(invoice: Row, booked: Row) -> Row:
    label = BOOKINGS[booked["kind"]].label
    return {
        "customer_id": booked["customer_id"], "invoice": invoice, "transaction": booked, "amount": booked["amount"],
        "service": booked.get("service") or label, "says": booked.get("visible_comment") or label,
    }  # fmt: skip
