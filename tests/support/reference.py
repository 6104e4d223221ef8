"""A customer's life in plain words, written from the rules alone: the product runs beside it.

It knows nothing of the product: its own status, its own steps of collection, for one customer.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from tests.support.reference_books import FREE_ITEMS, INVOICED, ITEM, ONE_DAY, Books, Row

ALIVE = ("open", "suspended")
GONE = ("permanently_terminated", "exported")
STEPS = ("limit", "suspend", "terminate")


class Life(Books):
    """One customer: status and books."""

    def __init__(self, born: datetime, zone: str, terms: Row) -> None:
        super().__init__(born, zone, terms)
        self.past: list[tuple[datetime, str]] = []
        self.samples: list[tuple[datetime, int]] = []
        self.measured_until: date | None = None
        self.status, self.blocked, self.limited = "open", False, False
        self.lifted_until: datetime | None = None
        self.first_lifted_on: date | None = None
        self.terminate_on: date | None = None
        self.ended_on: date | None = None
        self.suspended_on: date | None = None
        self.left_for: list[Row] = []

    @property
    def status(self) -> str:
        return self.past[-1][1]

    @status.setter
    def status(self, status: str) -> None:
        self.past.append((self.now, status))

    def was_gone(self, day: date) -> bool:
        """When the day ended."""
        before = [status for at, status in self.past if at < self.start_of(day + ONE_DAY)]
        return bool(before) and before[-1] in (*GONE, "provisionally_terminated")

    def charge_measured(self, through: date) -> None:
        """The most extensions that there were on the days that are not charged yet, by the share of those days."""
        if self.period_to is None:
            return
        first, last = self.period_from, min(through, self.period_to)
        if self.measured_until is not None:
            first = max(first, self.measured_until + ONE_DAY)
        days = [first + place * ONE_DAY for place in range((last - first).days + 1)]
        days = [day for day in days if not self.was_gone(day) and self.held_on(day)]
        items = max((max(self.held_on(day)) for day in days), default=0) - FREE_ITEMS
        if items <= 0:
            return
        whole = self.last_day(self.first_day(last))
        begun, length = self.first_day(last), (whole - self.first_day(last)).days + 1
        shares = [
            (items * ITEM * ((day - begun).days + more) / length).quantize(Decimal("0.00001"), ROUND_HALF_EVEN)
            for day in days for more in (1, 0)
        ]  # fmt: skip
        amount = sum(shares[::2], Decimal(0)) - sum(shares[1::2], Decimal(0))
        self.book("measured_charge", amount)["on"] = days[-1]
        self.measured_until = days[-1]

    def held_on(self, day: date) -> list[int]:
        """What was counted on the day, and what held when it began."""
        begins, ends = self.start_of(day), self.start_of(day + ONE_DAY)
        nexts = [at for at, _ in self.samples[1:]] + [ends]
        return [value for (at, value), then in zip(self.samples, nexts, strict=True)
                if at < ends and max(at, begins) < min(max(then, at), ends)] if self.samples else []  # fmt: skip

    def first_day(self, last: date) -> date:
        """Of the whole period that a day belongs to."""
        if self.terms["period"] == "weekly":
            return last - last.weekday() * ONE_DAY
        return last.replace(day=16 if self.terms["period"] == "semimonthly" and last.day > 15 else 1)

    def turns(self) -> list[datetime]:
        """The moments ahead at which something can happen by itself, the next one first."""
        found = [self.start_of(bill["due_on"] + ONE_DAY) for bill in self.open_bills()]
        found += [at for bill in self.open_bills() for step in STEPS if (at := self.step_on(bill, step)) is not None]
        found += [promise["ends"] for promise in self.promises if promise["state"] == "open"]
        found += [self.start_of(day) for day in (self.terminate_on,) if day is not None and self.status not in GONE]
        found += [] if self.lifted_until is None else [self.lifted_until]
        found += [] if self.period_to is None else [self.start_of(self.period_to + ONE_DAY, self.terms["delay"])]
        return sorted({at for at in found if at > self.now})

    # money

    def can_book(self, kind: str, amount: Decimal) -> bool:
        if self.status == "exported":
            return False
        if kind == "refund":
            return amount <= self.unallocated()
        return kind == "manual_payment" or self.status != "permanently_terminated"

    def pay(self, amount: Decimal) -> None:
        row = self.book("manual_payment", amount)
        row["left"] = amount
        self.charge_late_fees()
        self.use_money()
        self.keep_promises(row)
        self.resume_if_clear(row)

    def resume_if_clear(self, payment: Row | None = None) -> None:
        """Costs a fee, and gives back the days of a lift, only if somebody paid."""
        if self.is_overdue():
            return
        self.limited = False
        if self.status == "suspended":
            self.status, self.lifted_until = "open", None
            if payment is not None and self.terms["reactivation_fee"]:
                payment["brought"] = self.book("reactivation_fee", self.terms["reactivation_fee"])
        if self.status == "open" and payment is not None:
            self.first_lifted_on = None

    def can_reverse(self, row: Row) -> bool:
        is_refunded = any(use.get("kind") == "refund" for use, _ in row["used"])
        stays = row["kind"] in ("credit_taken", "credit_payment", "rounding", "tax")
        return not stays and not row["undone"] and not is_refunded and self.status != "exported"

    def reverse(self, row: Row) -> None:
        """The opposite booking. What a payment paid is open again and judged at once; unused money pays it."""
        self.undo(row)
        if row["kind"] == "refund":
            self.charge_late_fees()
            self.take_refund_back(row)
        for use, part in reversed(row["used"]):
            use["paid"] -= part
        for promise, part in row["kept"]:
            promise["received"] -= part
            if promise["state"] == "kept" and promise["received"] < promise["amount"]:
                promise["state"] = "broken"
        row |= {"left": Decimal(0), "used": [], "kept": []}
        self.use_money()
        if row.get("brought") is not None and not row["brought"]["undone"]:
            self.undo(row["brought"])
        self.resume_if_clear()
        self.reckon()
        if row["kind"] == "manual_payment" and self.status in ALIVE:
            self.collect()

    def undo(self, row: Row) -> None:
        opposite = self.book(row["kind"], Decimal(0))
        opposite |= {"sum": -row["sum"], "undone": True}
        row["undone"] = True
        if row["kind"] in INVOICED and row["bill"] is None:
            row["bill"] = opposite["bill"] = "cancelled"

    def charge_late_fees(self) -> None:
        """Owed from the day after the due day, however soon the money comes then."""
        for bill in self.open_bills():
            if self.status in ALIVE and self.is_late(bill) and not bill["fee_taken"]:
                self.take_late_fee(bill)

    def take_late_fee(self, bill: Row) -> None:
        bill["fee_taken"] = True
        bill["done"]["late"] = self.today()
        of_bill = {row["kind"] for row in self.bookings if row["bill"] is bill}
        if self.terms["late_fee"] and of_bill - {"late_fee", "reactivation_fee"}:
            self.book("late_fee", self.terms["late_fee"])

    # moves by people

    def can_move(self, name: str, day: date) -> bool:
        running, today, ends = self.status in ALIVE, self.today(), self.terminate_on
        first = self.first_lifted_on or today
        return {
            "block": running and not self.blocked,
            "unblock": self.status not in GONE and self.blocked,
            "lift_suspension": self.status == "suspended" and today < day <= first + self.terms["horizon"] * ONE_DAY,
            "clear_lift": self.lifted_until is not None,
            "provisionally_terminate": running,
            "reactivate": self.status == "provisionally_terminated" and ends is not None and ends > today,
            "permanently_terminate": self.status not in GONE
            and today <= day
            and (self.status != "provisionally_terminated" or (ends is not None and day <= ends)),
            "cancel_planned": running and ends is not None,
            "mark_exported": running,
            "clear_exported": self.status == "exported",
        }[name]

    def move(self, name: str, day: date) -> None:
        if name in ("block", "unblock"):
            self.blocked = name == "block"
            if self.status == "open" and name == "unblock":
                self.come_back()
        elif name == "lift_suspension":
            self.lifted_until = self.start_of(day)
            self.first_lifted_on = self.first_lifted_on or self.today()
        elif name == "clear_lift":
            self.lifted_until = None
        elif name == "provisionally_terminate":
            self.provisionally_terminate()
        elif name == "permanently_terminate":
            if day == self.today():
                self.close_periods()
                self.charge_ended()
            self.terminate_on = day
            if day == self.today():
                self.stop("permanently_terminated")
        elif name == "mark_exported":
            self.close_periods()
            self.charge_ended()
            self.stop("exported")
            self.terminate_on = None
        else:
            self.terminate_on = None
            if name != "cancel_planned":
                self.come_back()
        self.reckon()

    def come_back(self) -> None:
        """No way round Suspended: for what suspended it before, and for what suspends by now; not for being late."""
        if any(bill in self.left_for or self.has_come("suspend", bill) for bill in self.open_bills()):
            self.suspend()
            return
        self.status = "open"
        if not self.is_overdue():
            self.first_lifted_on = None

    def suspend(self) -> None:
        self.status, self.suspended_on, self.lifted_until = "suspended", self.today(), None

    def stop(self, status: str) -> None:
        if self.status in ALIVE:
            self.left_for = [bill for bill in self.bills if "suspend" in bill["done"]] if self.status != "open" else []
        self.status, self.lifted_until, self.limited = status, None, False
        if status == "permanently_terminated":
            self.ended_on = self.today()

    def charge_ended(self) -> None:
        """What is charged before a customer leaves."""
        self.charge_measured(self.today() - ONE_DAY)
        self.take_volume_discount_off()

    def life_is_over(self) -> bool:
        return self.status == "permanently_terminated"

    def reckon(self) -> None:
        if self.status in (*GONE, "provisionally_terminated"):
            self.reckon_the_end(for_good=self.life_is_over())

    def provisionally_terminate(self) -> None:
        last = self.today() + self.terms["window"] * ONE_DAY
        self.terminate_on = min(last, self.terminate_on or last)
        self.stop("provisionally_terminated")

    # what happens by itself

    def run(self) -> None:
        """All that is due now, whether it was looked for yesterday or not for weeks."""
        if self.status not in GONE and self.terminate_on is not None and self.terminate_on <= self.today():
            self.close_periods()
            self.charge_ended()
            self.stop("permanently_terminated")
            self.reckon()
        self.close_periods()
        self.decide_promises()
        if self.status in ALIVE:
            self.collect()

    def close_periods(self) -> None:
        delay = timedelta(hours=self.terms["delay"])
        while self.period_to is not None and self.start_of(self.period_to + ONE_DAY) + delay <= self.now:
            self.charge_measured(self.period_to)
            self.take_volume_discount_off()
            self.closed_at, self.taken_off = self.now, Decimal(0)
            self.reckon()
            is_last = self.ended_on is not None and self.ended_on <= self.period_to
            if self.status != "exported":
                self.issue(self.period_to, takes_all=is_last)
            self.period_from = self.period_to + ONE_DAY
            self.period_to = None if is_last else self.last_day(self.period_from)

    def collect(self) -> None:
        """One step at a time, the strongest that has come; what was missed waits for the hour of a day without news."""
        if self.lifted_until is not None and self.lifted_until <= self.now:
            self.lifted_until = None
        hour = self.terms["hour"]
        news = [
            bill for bill in self.bills
            if any(self.now < self.start_of(day + ONE_DAY, hour) for day in bill["done"].values())
        ]  # fmt: skip
        steps = [(step, bill) for step in reversed(STEPS) for bill in self.open_bills() if self.is_to_be(step, bill)]
        chosen = next(
            ((step, bill) for step, bill in steps if bill not in news or not self.was_missed(step, bill)), None
        )
        self.charge_late_fees()
        if chosen is not None:
            self.take(*chosen)

    def has_come(self, step: str, bill: Row) -> bool:
        """By its own day, and not before the day after the step that comes first; at the hour of collection."""
        at, before = self.step_on(bill, step), self.step_before(step, bill)
        if at is None or before == date.max or not self.is_late(bill):
            return False
        if before >= at.astimezone(self.zone).date():
            at = self.hour_of(step, before + ONE_DAY)
        return at <= self.now

    def step_before(self, step: str, bill: Row) -> date:
        """The day of the step that comes first: the last of all days where it is still to come, or was undone."""
        days, limit = self.terms[step], self.terms["limit"]
        if step == "limit" or step in bill["done"]:
            return date.min
        if step == "suspend":
            is_free = limit is None or max(limit, 1) >= max(days, 1)
            if is_free or not self.limited:
                return date.min if is_free else date.max
            limited_on: date = bill["done"].get("limit", date.min)
            return limited_on
        return self.suspended_on if self.status == "suspended" and self.suspended_on else date.max

    def is_to_be(self, step: str, bill: Row) -> bool:
        changes = {
            "limit": self.status == "open" and not self.limited,
            "suspend": self.status == "open",
            "terminate": "terminate" not in bill["done"],
        }
        return changes[step] and self.has_come(step, bill)

    def was_missed(self, step: str, bill: Row) -> bool:
        at = self.step_on(bill, step)
        return step not in bill["done"] and at is not None and at.astimezone(self.zone).date() < self.today()

    def take(self, step: str, bill: Row) -> None:
        bill["done"][step] = self.today()
        if step == "limit":
            self.limited = True
        elif step == "suspend":
            self.suspend()
        else:
            self.provisionally_terminate()
            self.reckon()
