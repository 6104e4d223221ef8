"""One customer on the product, with the reference beside it: orders and jobs that may be killed, and begin again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from data_access.base.errors import Refusal, Repeated
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.customers import CreateCustomer
from data_access.commands.services.discounts import AssignDiscountPlan
from data_access.domain.validation import CustomerInput
from data_access.jobs.runner import run_job
from data_access.jobs.table import WORK
from data_access.models.history import CommandLog
from data_access.models.jobs import RunState
from data_access.models.services import ChargeModel
from data_access.models.usage.measuring import MeasuredService
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access, Command, new_command_id
from data_access.store.job_leases import Holder
from tests.support.builders import a_class, a_discount_plan, a_plan, a_top_up_option
from tests.support.people import a_person
from tests.support.reference import Life
from tests.support.reference_books import FREE_ITEMS, ITEM, ONE_DAY, TIERS
from tests.support.rows import insert
from tests.support.taxes import a_profile

JOBS = [job for job in WORK if job not in (Job.TIDY, Job.SEND_MESSAGES)]
LIMIT = "1000000"
TOP_UP_FEE, PENALTY = Decimal("5.99"), Decimal("60.005")


class Killed(BaseException):
    """A process that ended between two statements."""


class Mortal(RuleBasedStateMachine):
    """What is begun may be killed at a flush, once; whoever comes after begins it again."""

    engine: ClassVar[Engine]
    empty: ClassVar[Callable[[], None]]

    def __init__(self) -> None:
        super().__init__()
        self.flushes_left: int | None = None
        event.listen(Session, "after_flush", self._die)

    def teardown(self) -> None:
        event.remove(Session, "after_flush", self._die)
        assert self.system.fetch(VerifyChain()).holds

    def _die(self, *_: Any) -> None:
        if self.flushes_left is None:
            return
        self.flushes_left -= 1
        if self.flushes_left < 0:
            self.flushes_left = None
            raise Killed

    def begin(self, zone: str, born: datetime, terms: dict[str, Any]) -> None:
        """An empty database, and in it one customer of a class with these terms."""
        type(self).empty()
        self.life = Life(born, zone, terms)
        self.holder = Holder("first")
        self.system = Access(self.engine, SYSTEM, lambda: self.life.now)
        admin = a_person(self.engine, Role.ADMIN, credit_per_booking=Decimal(LIMIT), credit_per_day=Decimal(LIMIT))
        self.access = Access(self.engine, admin, lambda: self.life.now)
        of_class = a_class(
            self.engine, net_days=terms["net"], late_fee=terms["late_fee"], limit_after=terms["limit"],
            suspend_after=terms["suspend"], terminate_after=terms["terminate"], hour=terms["hour"],
            reactivation_fee=terms["reactivation_fee"], working_days_only=terms["working_days"],
            reactivation_window_days=terms["window"], closing_delay_hours=terms["delay"],
            tax_profile_id=a_profile(self.engine, *((f"Tax of {rate}", f"{rate}") for rate in terms["taxes"])),
        )  # fmt: skip
        entered = CustomerInput(
            customer_code="C-1", customer_class_id=str(of_class), balance_control="postpaid", currency="EUR",
            credit_limit=LIMIT, billing_zone=zone, billing_period=terms["period"],
        )  # fmt: skip
        order = CreateCustomer(customer=entered, reason="", command_id=new_command_id())
        self.id, self.born_on = self.access.execute(order).customer_id, self.life.today()
        self._gets_plans()

    def _gets_plans(self) -> None:
        """A volume discount plan from the first day on; what a wallet can be topped up with; a plan with a penalty."""
        rules = [("Calls", "amount", f"{above}", f"{percent}") for above, percent in TIERS]
        discount = a_discount_plan(self.engine, *rules)
        self.access.execute(AssignDiscountPlan(customer_id=self.id, plan_id=discount, command_id=new_command_id()))
        self.option_id = a_top_up_option(self.engine, fee=TOP_UP_FEE)
        terms = {"minimum_months": 12, "cancellation_penalty": PENALTY}
        insert(self.engine, MeasuredService, {
            "customer_id": self.id, "parameter": MeasuredParameter.PBX_EXTENSIONS, "basis": ChargeBasis.MAXIMUM,
            "price": ITEM, "free_items": FREE_ITEMS, "service": "Equipment",
        })  # fmt: skip
        self.plan_id = a_plan(self.engine, fee=Decimal(0), charge_model=ChargeModel.AT_THE_END, **terms)

    def tries(self, order: Command[Any]) -> bool:
        """Whether it was done. Who was killed comes back with the same order."""
        logged = self.logged()
        for _ in range(3):
            try:
                self.access.execute(order)
                break
            except Killed:
                assert self.logged() == logged
            except Repeated as repeated:
                assert self.logged() == logged
                assert isinstance(order, BookTransaction)
                order = replace(order, knows_of=repeated.earlier_id)
            except Refusal:
                assert self.logged() == logged
                return False
        assert self.logged() == logged + 1
        return True

    def logged(self) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(CommandLog)) or 0

    def run_jobs(self) -> None:
        """All that is due, until nothing is; a killed worker is followed by another, when its lease has run out."""
        is_quiet = True
        for job in JOBS:
            rounds = 0
            while WORK[job].due(self.system, 0, 1):
                is_quiet, rounds = False, rounds + 1
                assert rounds < 4, f"{job} leaves due what it does"
                try:
                    ran = run_job(self.engine, job, lambda: self.life.now, self.holder)
                except Killed:
                    self.holder = Holder("heir", 0)
                    continue
                assert ran is not None
                assert (ran.state, ran.tally.refused) == (RunState.DONE, 0)
        self.life.run()
        self.flushes_left = None
        assert is_quiet or [job for job in JOBS if WORK[job].due(self.system, 0, 1)] == []

    def run_until(self, end: datetime) -> None:
        """Day by day, every job on each."""
        while self.life.now < end:
            self.life.now = min(self.life.now + ONE_DAY, end)
            self.run_jobs()
