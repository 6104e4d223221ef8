"""The table of jobs: what each finds and what it does."""

from data_access.base.clock import system_clock
from data_access.base.schedule import Job
from data_access.commands.billing.invoices import IssueMidterm
from data_access.commands.billing.periods import ChargeFees, CheckFunds, ClosePeriod
from data_access.commands.cards.auto_payments import RequestAutoPayment
from data_access.commands.collections.collection import Collect
from data_access.commands.collections.promises import DecidePromise
from data_access.commands.customers.erasure import ErasePersonal
from data_access.commands.customers.lifecycle import CarryOutPlan, EndLife
from data_access.commands.customers.limits import EndTemporaryLimit
from data_access.commands.services.accounts import FreeNumbers
from data_access.commands.services.wallets import TellOfExpiry
from data_access.jobs.bulk_actions import ACTING
from data_access.jobs.exporting import EXPORTING
from data_access.jobs.foreseeing import FORESEEING
from data_access.jobs.paying import carry_out, settle_card_payment
from data_access.jobs.sending import SENDING
from data_access.jobs.work import Work, ordered
from data_access.models.cards import CardPayment
from data_access.models.customers import Customer
from data_access.models.jobs import JobRun
from data_access.queries.billing.periods import DueFees, DueFundChecks, DueInvoiceRequests, DuePeriods
from data_access.queries.cards.auto_payments import DueAutoPayments
from data_access.queries.cards.cards import UnknownCardPayments
from data_access.queries.collections.collection_due import DueCollection, DuePromises
from data_access.queries.customers.limits import DueLimitEnds
from data_access.queries.jobs.lifecycle_due import DuePlans, DueTerminations
from data_access.queries.jobs.retention import DueErasures
from data_access.queries.services.numbers import DueNumbers
from data_access.queries.services.wallets import DueWalletNotices
from data_access.store import job_leases, sign_ins
from data_access.store.access import Access, new_command_id
from data_access.store.bulk import can_be_folded, fold_counts, know_the_rows
from data_access.store.gateway import LocalGateway


def _once(_access: Access, after: int, _limit: int) -> list[int]:
    return [1] if after < 1 else []


def _unanswered(access: Access, after: int, limit: int) -> list[int]:
    return access.fetch(UnknownCardPayments(after, limit))


def _ask_the_bank(access: Access, card_payment_id: int) -> object:
    return settle_card_payment(access, LocalGateway(access.engine, access.now), card_payment_id)


def _to_be_charged(access: Access, after: int, limit: int) -> list[int]:
    return access.fetch(DueAutoPayments(after, limit))


def _charge(access: Access, customer_id: int) -> object:
    order = RequestAutoPayment(customer_id=customer_id, command_id=new_command_id())
    return carry_out(access, LocalGateway(access.engine, access.now), order)


def _tidy(access: Access, _key: int) -> None:
    """By the system's clock: a demo that was moved ahead signs nobody out."""
    for prune in (sign_ins.prune, job_leases.prune):
        while prune(access.engine, system_clock()):
            continue
    know_the_rows(access.engine)


def _to_be_folded(access: Access, after: int, _limit: int) -> list[int]:
    return [1] if after < 1 and can_be_folded(access.engine) else []


def _fold(access: Access, _key: int) -> None:
    fold_counts(access.engine)


WORK: dict[Job, Work] = {
    Job.ASK_GATEWAY: Work(CardPayment, _unanswered, _ask_the_bank),
    Job.PAY_AUTOMATICALLY: Work(Customer, _to_be_charged, _charge),
    Job.END_TEMPORARY_LIMITS: ordered(DueLimitEnds, EndTemporaryLimit, by="customer_id"),
    Job.CARRY_OUT_PLANS: ordered(DuePlans, CarryOutPlan, by="plan_id"),
    Job.END_LIVES: ordered(DueTerminations, EndLife, by="customer_id"),
    Job.FREE_NUMBERS: ordered(DueNumbers, FreeNumbers, by="account_id"),
    Job.CLOSE_PERIODS: ordered(DuePeriods, ClosePeriod, by="customer_id", shares=True),
    Job.CHARGE_FEES: ordered(DueFees, ChargeFees, by="customer_id", shares=True),
    Job.ISSUE_REQUESTED: ordered(DueInvoiceRequests, IssueMidterm, by="request_id"),
    Job.CHECK_FUNDS: ordered(DueFundChecks, CheckFunds, by="customer_id"),
    Job.TELL_OF_WALLETS: ordered(DueWalletNotices, TellOfExpiry, by="top_up_id"),
    Job.DECIDE_PROMISES: ordered(DuePromises, DecidePromise, by="promise_id"),
    Job.COLLECT: ordered(DueCollection, Collect, by="customer_id", shares=True),
    Job.ACT_ON_MANY: ACTING,
    Job.WRITE_EXPORTS: EXPORTING,
    Job.ERASE: ordered(DueErasures, ErasePersonal, by="customer_id"),
    Job.SEND_MESSAGES: SENDING,
    Job.FORESEE: FORESEEING,
    Job.FOLD: Work(JobRun, _to_be_folded, _fold),
    Job.TIDY: Work(JobRun, _once, _tidy),
}
