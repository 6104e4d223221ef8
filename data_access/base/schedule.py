"""The schedule: what happens automatically, in words, and how often it is checked."""

from datetime import timedelta

from data_access.base.labelled import Labelled

_OUT = "calls out"  # it waits for others than the database, so no other job waits for it
_FILES = "files"  # it takes minutes, so no other job waits for it
_IMPORTS = "imports"  # likewise, and in one transaction while it tries
LANES = ("", _OUT, _FILES, _IMPORTS)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class Job(Labelled):
    """The jobs in the order in which one round takes them: what ends comes before what is charged."""

    def __init__(self, value: str, label: str, period: timedelta, lane: str = "") -> None:
        super().__init__(value, label)
        self.period, self.lane = period, lane

    ASK_GATEWAY = "ask_gateway", "Card payments of unknown outcome", 5 * _MINUTE, _OUT
    PAY_AUTOMATICALLY = "pay_automatically", "Automatic card payments", 10 * _MINUTE, _OUT
    END_TEMPORARY_LIMITS = "end_temporary_limits", "Temporary credit limits that end", _MINUTE
    CARRY_OUT_PLANS = "carry_out_plans", "Planned status changes", 10 * _MINUTE
    END_LIVES = "end_lives", "Terminations on their date", 10 * _MINUTE
    FREE_NUMBERS = "free_numbers", "Numbers on accounts that ended", 10 * _MINUTE
    CLOSE_PERIODS = "close_periods", "Billing periods that end", 15 * _MINUTE
    CHARGE_FEES = "charge_fees", "Fees that fall due", 30 * _MINUTE
    ISSUE_REQUESTED = "issue_requested", "Invoices on request", 10 * _MINUTE
    CHECK_FUNDS = "check_funds", "Funds that cover the fees again", 30 * _MINUTE
    TELL_OF_WALLETS = "tell_of_wallets", "Service wallets that expire", 30 * _MINUTE
    DECIDE_PROMISES = "decide_promises", "Promises of payment", 30 * _MINUTE
    COLLECT = "collect", "Collection", 10 * _MINUTE
    ACT_ON_MANY = "act_on_many", "Bulk actions", 10 * _MINUTE
    WRITE_EXPORTS = "write_exports", "Large exports", 10 * _MINUTE, _FILES
    IMPORT_FILES = "import_files", "Imports of files", 10 * _MINUTE, _IMPORTS
    ERASE = "erase", "Personal data of the terminated", _DAY
    SEND_MESSAGES = "send_messages", "Messages to be sent", _MINUTE, _OUT
    FORESEE = "foresee", "Forecasts that are kept", _MINUTE
    FOLD = "fold", "Counts and sums that are kept", 10 * _MINUTE
    TIDY = "tidy", "Old sign-ins, old runs, old files", _DAY
