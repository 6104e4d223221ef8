"""Terms as they are typed: the policy of a class, read from a form with every complaint at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from data_access.base.errors import Invalid
from data_access.base.money import MOST_DECIMALS, ZERO, decimals_of
from data_access.base.text.numerals import whole_number
from data_access.base.text.parsing import an_amount, one_of
from data_access.domain.collections.policy import POLICY_FIELDS, Policy

YES, NO = "yes", "no"
Read = Callable[[str], Any]
_NOTICES = {
    "limit": "the service is limited",
    "suspend": "services are suspended",
    "terminate": "the customer is terminated",
}


def _whole(lowest: int, highest: int) -> Read:
    return lambda text: whole_number(text, lowest, highest)


def _or_none(read: Read) -> Read:
    return lambda text: read(text) if text.strip() else None


def _days(lowest: int) -> Read:
    one = _whole(lowest, 365)
    return lambda text: sorted({one(day) for day in re.split(r"[,;\s]+", text.strip()) if day})


def _fee(text: str) -> Decimal:
    amount = an_amount(text) if text.strip() else ZERO
    if amount < 0:
        raise ValueError("An amount cannot be negative here.")
    return amount


def _yes(text: str) -> bool:
    return one_of(text, (YES, NO), "Choose yes or no.") == YES


MOST_NET_DAYS = 365
_AFTER = _or_none(_whole(0, 3650))
_POLICY: dict[str, Read] = {
    "net_days": _whole(0, MOST_NET_DAYS),
    "reminders": _days(1),
    "resends": _days(0),
    "late_fee": _fee,
    "limit_after": _AFTER,
    "limit_notices": _days(1),
    "suspend_after": _AFTER,
    "suspend_notices": _days(1),
    "terminate_after": _AFTER,
    "terminate_notices": _days(1),
    "reactivation_fee": _fee,
    "threshold": _fee,
    "resume_at_threshold": _yes,
    "working_days_only": _yes,
    "hour": _whole(0, 23),
    "spread_minutes": _whole(0, 720),
}
_YES_NO = {YES: "Yes", NO: "No"}
OFFERED: dict[str, dict[str, str]] = dict.fromkeys(("resume_at_threshold", "working_days_only"), _YES_NO)


def typed(value: object) -> str:
    """A stored value as one would type it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def too_precise(decimals: int | None, currency: str | None) -> str:
    """Why totals of a class in this currency cannot have so many decimals; empty where they can."""
    most = MOST_DECIMALS if currency is None else decimals_of(currency)
    return f"{currency} has {most} decimals: a total with more could not be paid." if (decimals or 0) > most else ""


def read_policy(entered: Mapping[str, str], before: Policy) -> Policy:
    """The terms as typed, the rest as before; Invalid with every complaint."""
    values = asdict(before) | _read(_POLICY, entered)
    policy = Policy(**{name: values[name] for name in POLICY_FIELDS})
    complaints = _order(policy) | _notices(policy)
    if policy.reminders and max(policy.reminders) > policy.net_days:
        complaints["reminders"] = f"An invoice is due after {policy.net_days} days: no reminder can come earlier."
    if complaints:
        raise Invalid(complaints)
    return policy


def _read(readers: Mapping[str, Read], entered: Mapping[str, str]) -> dict[str, Any]:
    values, complaints = {}, {}
    for name, text in entered.items():
        try:
            values[name] = readers[name](text)
        except KeyError:
            complaints[name] = "This cannot be set here."
        except ValueError as wrong:
            complaints[name] = f"{wrong}"
    if complaints:
        raise Invalid(complaints)
    return values


def _order(policy: Policy) -> dict[str, str]:
    """Limiting first, then suspending, then terminating, as far as they are set."""
    limit, suspend, terminate = policy.limit_after, policy.suspend_after, policy.terminate_after
    found = {}
    if limit is not None and suspend is not None and suspend < limit:
        found["suspend_after"] = f"Not before the service is limited, {limit} days past due."
    earlier = max((days for days in (limit, suspend) if days is not None), default=None)
    if earlier is not None and terminate is not None and terminate < earlier:
        found["terminate_after"] = f"Not before the steps that come first, {earlier} days past due."
    return found


def _notices(policy: Policy) -> dict[str, str]:
    return {
        f"{step}_notices": f"Say first after how many days {what}; there is nothing to announce."
        for step, what in _NOTICES.items()
        if getattr(policy, f"{step}_notices") and getattr(policy, f"{step}_after") is None
    }
