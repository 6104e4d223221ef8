"""A customer's books in plain words: days, bookings, bills and promises, written from the rules alone.

They know nothing of the product.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
DIRECTIONS = {
    "manual_charge": 1, "manual_credit": -1, "manual_payment": -1, "refund": 1, "late_fee": 1, "reactivation_fee": 1,
    "credit_taken": 1, "credit_payment": -1, "rounding": 1, "tax": 1, "usage_charge": 1,
    "volume_discount": -1, "wallet_top_up": 1, "cancellation_penalty": 1,
    "measured_charge": 1,
}  # fmt: skip
TAXED = (
    "manual_charge", "manual_credit", "usage_charge", "volume_discount", "wallet_top_up", "cancellation_penalty",
    "measured_charge",
)  # fmt: skip
INVOICED = (*TAXED, "late_fee", "reactivation_fee", "credit_taken", "rounding", "tax")
TIERS = ((Decimal(100), Decimal(5)), (Decimal(250), Decimal("12.5")))  # above so much, so many percent off
ONE_DAY, CENT = timedelta(days=1), Decimal("0.01")
ITEM, FREE_ITEMS = Decimal("2.50005"), 2  # what an extension costs a period, and how many are free


class Books:
    """One customer's. `terms`: days after the due date for each step, fees, the window, the delay of the closing."""

    def __init__(self, born: datetime, zone: str, terms: Row) -> None:
        self.now, self.zone, self.terms = born, ZoneInfo(zone), terms
        self.bookings: list[Row] = []
        self.bills: list[Row] = []
        self.promises: list[Row] = []
        self.asked_too_much = self.taken_off = Decimal(0)
        self.closed_at: datetime | None = None
        self.period_from: date = self.today()
        self.period_to: date | None = self.last_day(self.today())

    # days

    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date, hour: int = 0) -> datetime:
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    def last_day(self, day: date) -> date:
        if self.terms["period"] == "weekly":
            return day + (6 - day.weekday()) * ONE_DAY
        if self.terms["period"] == "semimonthly" and day.day <= 15:
            return day.replace(day=15)
        return (day.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY

    def step_on(self, bill: Row, step: str) -> datetime | None:
        """When a step is due by the terms."""
        days = self.terms[step]
        return None if days is None else self.hour_of(step, bill["due_on"] + days * ONE_DAY)

    def hour_of(self, step: str, day: date) -> datetime:
        """The hour of collection on a day; to limit and to suspend, people of the company must be at work."""
        while self.terms["working_days"] and step != "terminate" and day.weekday() >= 5:
            day += ONE_DAY
        return self.start_of(day, self.terms["hour"])

    # what can be seen

    def balance(self) -> Decimal:
        return sum((row["sum"] for row in self.bookings), Decimal(0))

    def unallocated(self) -> Decimal:
        return sum((row["left"] for row in self.bookings), Decimal(0))

    def open_bills(self) -> list[Row]:
        found = [bill for bill in self.bills if 0 <= bill["paid"] < bill["total"]]
        return sorted(found, key=lambda bill: (bill["issued_on"], bill["number"]))

    def outstanding(self) -> Decimal:
        return sum((bill["total"] - bill["paid"] for bill in self.open_bills()), Decimal(0))

    def is_late(self, bill: Row) -> bool:
        return bool(self.start_of(bill["due_on"] + ONE_DAY) <= self.now)

    def is_overdue(self) -> bool:
        return any(self.is_late(bill) for bill in self.open_bills())

    @staticmethod

    # money

    def paid_as(bill: Row) -> str:
        if bill["total"] <= 0:
            return "do_not_pay"
        if bill["paid"] == bill["total"]:
            return "paid"
        return "partly_paid" if bill["paid"] else "unpaid"

    def book(self, kind: str, amount: Decimal) -> Row:
        row = {
            "kind": kind, "sum": DIRECTIONS[kind] * amount, "on": self.today(), "bill": None, "undone": False,
            "left": Decimal(0), "used": [], "kept": [],
        }  # fmt: skip
        self.bookings.append(row)
        return row

    def use(self, amount: Decimal, day: date) -> None:
        self.book("usage_charge", amount).update({"on": day, "at": self.now})

    def take_volume_discount_off(self) -> None:
        """What is above the thresholds; what arrived after its own period was closed counts in this one."""
        if self.period_to is None:
            return
        last, since = self.period_to, self.closed_at
        total = sum(
            row["sum"] for row in self.bookings
            if row["kind"] == "usage_charge" and "at" in row and not row["undone"] and row["on"] <= last
            and (row["on"] >= self.period_from or since is None or row["at"] > since)
        )  # fmt: skip
        off = Decimal(0)
        for (above, percent), end in zip(TIERS, (TIERS[1][0], total), strict=True):
            off += max(min(total, end) - above, Decimal(0)) * percent / 100
        off = off.quantize(Decimal("0.00001"), ROUND_HALF_UP) - self.taken_off
        if off > 0:
            self.book("volume_discount", off)["on"] = min(self.today(), last)
            self.taken_off += off

    def refund(self, amount: Decimal) -> None:
        row = self.book("refund", amount)
        for payment in self.bookings:
            part = min(amount, payment["left"])
            if part:
                payment["left"] -= part
                payment["used"].append((row, part))
                amount -= part

    def take_refund_back(self, refund: Row) -> None:
        for payment in self.bookings:
            payment["left"] += sum(part for use, part in payment["used"] if use is refund)
            payment["used"] = [(use, part) for use, part in payment["used"] if use is not refund]

    def use_money(self) -> None:
        """Oldest payment first, oldest bill first."""
        for bill in self.open_bills():
            for payment in self.bookings:
                part = min(payment["left"], bill["total"] - bill["paid"])
                if part:
                    bill["paid"] += part
                    payment["left"] -= part
                    payment["used"].append((bill, part))

    def issue(self, last_day: date, *, takes_all: bool) -> None:
        """The regular invoice, with the period's own dates however late it is made; nobody owes before it is made.

        Where nothing is to be paid, there is none: charges and credits wait for the next one. A part of a cent is
        asked whole, and what that is too much comes off the next one.
        """
        found = [
            row for row in self.bookings
            if row["kind"] in INVOICED and row["bill"] is None and (takes_all or row["on"] <= last_day)
        ]  # fmt: skip
        exact = sum((row["sum"] for row in found), sum(self.taxes_missing(found)) - self.asked_too_much)
        if not found or exact <= 0:
            return
        found += self.book_taxes(found)
        total = exact.quantize(CENT, ROUND_UP)
        if self.life_is_over():
            found += [self.book("rounding", total - exact)] if total != exact else []
        self.asked_too_much = Decimal(0) if self.life_is_over() else total - exact
        issued_on = last_day + ONE_DAY
        arrives = self.today() if self.today() > issued_on else issued_on
        bill = {
            "number": len(self.bills), "issued_on": issued_on, "due_on": arrives + self.terms["net"] * ONE_DAY,
            "total": total, "paid": Decimal(0), "fee_taken": False, "done": {},
        }  # fmt: skip
        for row in found:
            row["bill"] = bill
        self.bills.append(bill)
        self.use_money()

    def taxes_on(self, rows: list[Row]) -> list[Decimal]:
        """Put on top of charges and credits, a part of a cent asked whole; fees for being late bear none."""
        net = sum((row["sum"] for row in rows if row["kind"] in TAXED), Decimal(0))
        return [(net * rate / 100).quantize(CENT, ROUND_UP) for rate in self.terms["taxes"]]

    def taxes_missing(self, rows: list[Row]) -> list[Decimal]:
        booked = [
            sum((row["sum"] for row in rows if row["kind"] == "tax" and row["rate"] == rate), Decimal(0))
            for rate in self.terms["taxes"]
        ]
        return [amount - part for amount, part in zip(self.taxes_on(rows), booked, strict=True)]

    def book_taxes(self, rows: list[Row]) -> list[Row]:
        missing = zip(self.terms["taxes"], self.taxes_missing(rows), strict=True)
        booked = [(self.book("tax", amount), rate) for rate, amount in missing if amount]
        for row, rate in booked:
            row["rate"] = rate
        return [row for row, _ in booked]

    def with_taxes(self, rows: list[Row]) -> Decimal:
        return sum((row["sum"] for row in rows if row["kind"] != "tax"), sum(self.taxes_on(rows), Decimal(0)))

    def life_is_over(self) -> bool:
        return False

    def reckon_the_end(self, *, for_good: bool) -> None:
        """Credit above what is still to be invoiced pays open bills, then is money, as far as money was paid.

        Who may come back keeps credits made by hand. At the end for good a part of a cent is evened out.
        """
        free = [row for row in self.bookings if row["kind"] in INVOICED and row["bill"] is None]
        left = self.asked_too_much - sum(row["sum"] for row in free) - sum(self.taxes_missing(free))
        by_hand = -self.with_taxes([row for row in free if row["kind"] == "manual_credit"])
        credited = left + self.with_taxes([row for row in free if row["sum"] > 0])
        paid_in = -sum(row["sum"] for row in self.bookings if row["kind"] in ("manual_payment", "refund"))
        most = left if for_good else credited - max(by_hand, Decimal(0))
        paid_for = min(paid_in - self.unallocated(), credited)
        amount = min(left, most, self.outstanding() + max(paid_for, Decimal(0))).quantize(CENT, ROUND_DOWN)
        if left > 0 and amount > 0:
            free += self.book_taxes(free)
            self.book("credit_taken", amount)
            money = self.book("credit_payment", amount)
            self.charge_late_fees()
            money["left"] = amount
            self.use_money()
            left -= amount
        if for_good and 0 < left < CENT:
            self.book_taxes(free)
            self.book("rounding", left)

    def charge_late_fees(self) -> None:
        """Whoever knows of the status says."""

    # promises

    def promise(self, amount: Decimal, ends: datetime) -> None:
        self.promises.append({"amount": amount, "ends": ends, "received": Decimal(0), "state": "open"})

    def keep_promises(self, payment: Row) -> None:
        """First in, first out; money after the end counts for nothing."""
        money = -payment["sum"]
        for promise in self.promises:
            part = min(money, promise["amount"] - promise["received"])
            if promise["state"] == "open" and self.now < promise["ends"] and part:
                promise["received"] += part
                payment["kept"].append((promise, part))
                money -= part

    def decide_promises(self) -> None:
        for promise in self.promises:
            if promise["state"] == "open" and promise["ends"] <= self.now:
                promise["state"] = "kept" if promise["received"] == promise["amount"] else "broken"
