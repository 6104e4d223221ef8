"""Who comes into web self-care: a customer and its accounts, by their state, over facts alone (domain 1.9)."""

import re
from datetime import date
from typing import NamedTuple

from data_access.base.statuses import BillStatus

SHORTEST, LONGEST = 8, 200
_CLOSED = {
    BillStatus.PROVISIONALLY_TERMINATED: "The customer is provisionally terminated: self-care is closed.",
    BillStatus.PERMANENTLY_TERMINATED: "The customer is permanently terminated: self-care is closed.",
    BillStatus.EXPORTED: "The customer is exported: self-care is at the new installation.",
}


class SelfCareFacts(NamedTuple):
    """What it is judged by; of an account too where it is one that comes in. `today`: where the customer is billed."""

    bill_status: BillStatus
    blocked: bool
    today: date
    account_blocked: bool = False
    account_ended_on: date | None = None


def refusal_of_self_care(who: SelfCareFacts) -> str | None:
    """Why nobody comes in, as a sentence; None where they do. The suspended come in: to pay."""
    if who.bill_status in _CLOSED:
        return _CLOSED[who.bill_status]
    if who.blocked:
        return "The customer is blocked: neither it nor its accounts can sign in to self-care."
    if who.account_ended_on is not None and who.account_ended_on <= who.today:
        return "The account is closed: nobody can sign in to self-care with it."
    return "The account is blocked: nobody can sign in to self-care with it." if who.account_blocked else None


def unfit_for_self_care(password: str) -> str | None:
    """Why a password cannot be one for self-care, as a sentence; None if it can."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Use at least {SHORTEST} and at most {LONGEST} characters."
    if not (re.search(r"[^\W\d_]", password) and re.search(r"\d", password)):
        return "Use at least one letter and one digit."
    return None
