"""Facts of a customer from another installation: its status, what it was granted, and how its debt arose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from data_access.base.clock import read_moment
from data_access.base.money import CURRENCIES, ZERO
from data_access.base.permissions import Actor
from data_access.base.permissions import Permission as P
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.base.text.numerals import whole_number
from data_access.base.text.parsing import an_amount, one_of, plain, within
from data_access.domain.collections.terms import MOST_NET_DAYS
from data_access.domain.limit_use import beyond_days, beyond_share
from data_access.fields.kinds import as_typed
from data_access.imports.debts import Debt, debts_of
from data_access.imports.files.days import day_of
from data_access.imports.files.mapping import NewClass

Values = dict[str, Any]
E = TypeVar("E", bound=StrEnum)
Read = Callable[[str, str], Any]
YES, NO = "yes", "no"
RIGHTS = (
    P.CUSTOMER_BLOCK, P.CUSTOMER_LIFT, P.CUSTOMER_TERMINATE, P.CUSTOMER_CLOSE, P.CUSTOMER_PORT, P.LIMIT_TEMPORARY,
    P.PERSONAL_HOLD,
)  # fmt: skip
_PAST = {"created_at", "suspended_at", "provisionally_terminated_at", "terminated_at", "exported_at"}


def _one(kinds: type[E]) -> Read:
    told = [kind.value for kind in kinds]
    return lambda text, _: kinds(one_of(text, told, f"Translate this into one of: {', '.join(told)}."))


def _yes(text: str, _date_format: str) -> bool:
    return one_of(text.lower(), (YES, NO), "Translate this into yes or no.") == YES


def _moment(text: str, _date_format: str) -> datetime:
    try:
        moment = read_moment(text)
    except ValueError as wrong:
        raise ValueError(f"“{text[:40]}” is not a time with its zone, such as 2026-03-16T12:00:00+00:00.") from wrong
    day_of(moment.date().isoformat(), "%Y-%m-%d")
    return moment


def _not_negative(text: str, _date_format: str) -> Decimal:
    amount = an_amount(text)
    if amount < ZERO:
        raise ValueError("An amount cannot be negative here.")
    return amount


FACTS: dict[str, Read] = {
    "created_at": _moment,
    "bill_status": _one(BillStatus),
    "blocked": _yes,
    "suspension_cause": _one(SuspensionCause),
    "suspended_at": _moment,
    "suspension_lifted_until": _moment,
    "first_lifted_on": day_of,
    "service_limited": _yes,
    "limitation_lifted_until": _moment,
    "provisionally_terminated_at": _moment,
    "terminate_on": day_of,
    "terminated_at": _moment,
    "exported_at": _moment,
    "temporary_limit": _not_negative,
    "temporary_limit_until": _moment,
    "daily_spending_limit": _not_negative,
    "suspend_on_insufficient_funds": _yes,
    "legal_hold": _yes,
}
DEBT: dict[str, Read] = {
    "not_invoiced": lambda text, _: an_amount(text),
    "balance_due_on": day_of,
    "open_invoices": lambda text, _: debts_of(text),
}
CLASS: dict[str, Read] = {
    "class_net_days": lambda text, _: whole_number(text, 0, MOST_NET_DAYS),
    "class_currency": lambda text, _: one_of(text.upper(), CURRENCIES, "This currency is not in use here."),
    "class_business_model": lambda text, _: within(plain(text), 60),
}
BROUGHT: Mapping[str, Read] = FACTS | DEBT | CLASS


@dataclass(frozen=True, slots=True)
class Brought:
    """What a row says about a customer beyond what the form asks; what is blank there is left out."""

    facts: Values
    not_invoiced: Decimal
    due_on: Any
    debts: tuple[Debt, ...]
    of_class: NewClass | None


def brought(typed: dict[str, str], date_format: str, now: datetime) -> tuple[Brought, dict[str, str]]:
    """Takes these fields out of what is typed; a complaint for each that cannot be read."""
    values: Values = {}
    complaints: dict[str, str] = {}
    for name in BROUGHT.keys() & typed.keys():
        text = typed.pop(name)
        try:
            if text:
                values[name] = BROUGHT[name](text, date_format)
        except ValueError as wrong:
            complaints[name] = str(wrong)
    if values.keys() >= {"open_invoices", "balance_due_on"}:
        complaints["balance_due_on"] = "The open invoices have their own due days: leave this blank."
    complaints |= {name: "This cannot be in the future." for name in _PAST & values.keys() if values[name] > now}
    found = Brought(
        {name: value for name, value in values.items() if name in FACTS},
        values.get("not_invoiced", ZERO), values.get("balance_due_on"),
        values.get("open_invoices", ()), _of_class(values),
    )  # fmt: skip
    return found, complaints


def beyond_caps(facts: Values, values: Values, actor: Actor, now: datetime) -> dict[str, str]:
    """Why a person may not bring a temporary increase in: as far as it still runs, it is one that they give."""
    increase, until = facts.get("temporary_limit", ZERO), facts.get("temporary_limit_until")
    if not increase:
        return {}
    if until is None:
        return {"temporary_limit_until": "Give the end of the increase too."}
    if until <= now:
        return {}
    if values["credit_limit"] is None:
        return {"temporary_limit": "There is no credit limit that it could raise."}
    found = {
        "temporary_limit": beyond_share(actor.role, values["credit_limit"], increase, values["currency"]),
        "temporary_limit_until": beyond_days(actor.role, now, until, values["billing_zone"]),
    }
    return {name: why for name, why in found.items() if why}


def _of_class(values: Values) -> NewClass | None:
    if "class_net_days" not in values:
        return None
    model = values.get("class_business_model", "Imported")
    return NewClass("", model, values["class_net_days"], values.get("class_currency"))


def said(value: Any) -> str:
    """A fact as a file writes it."""
    if isinstance(value, bool):
        return YES if value else NO
    return value.isoformat() if isinstance(value, date) else as_typed(value) or "blank"


def refuse_facts_without_rights(fields: Mapping[str, object], require: Callable[[P], None]) -> None:
    """NotPermitted where a mapping brings facts in whose changes the person may not make by hand."""
    if fields.keys() & FACTS.keys():
        for right in RIGHTS:
            require(right)
