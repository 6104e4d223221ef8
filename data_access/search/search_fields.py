"""The fields of Advanced search: what each is called, what can be asked of it, and how that is asked in SQL."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.labelled import Labelled
from data_access.base.money import CURRENCIES, read_amount
from data_access.base.text.labels import word
from data_access.base.text.text_keys import fold
from data_access.domain.field_labels import LABELS
from data_access.domain.shown_status import Shown, effective_limit, shown_status
from data_access.domain.validation import WITHOUT_KEY
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.models.services import Did, Subscription, SubscriptionPlan
from data_access.search import local_days
from data_access.search.filter_params import (
    country_code,
    currency_code,
    day,
    days,
    in_words,
    one_of,
    per_cent,
    plain,
    yes_or_no,
)
from data_access.search.filters import (
    CONTROLS_OFFERED,
    Limit,
    class_is,
    has_invoices,
    lift_ends_within,
    limit_is,
    overdue_over,
    reseller_is,
    terminates_within,
    use_at_least,
    use_below,
)
from data_access.search.local_days import is_before, is_from
from data_access.search.text_match import Match, SearchField, any_begins, any_matches, finds, loosely, text_matches

YES_NO = ("yes", "no")
STATUSES = tuple(status.value for status in Shown)
PROMISES = tuple(state.value for state in PromiseState)


class Operation(Labelled):
    """What a condition asks of a field."""

    IS = "is", "is"
    BEGINS_WITH = "begins_with", "begins with"
    CONTAINS = "contains", "contains"
    ENDS_WITH = "ends_with", "ends with"
    MATCHES = "matches", "matches"
    IS_EMPTY = "is_empty", "is empty"
    IS_ONE_OF = "is_one_of", "is one of"
    AT_LEAST = "at_least", "at least"
    AT_MOST = "at_most", "at most"
    BELOW = "below", "below"
    BEFORE = "before", "before"
    AFTER = "after", "after"


O = Operation  # noqa: E741 - the first letter, as P for permissions
Asks = Callable[[Any, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `asks` holds its operations; a value is read by `read` and said by `word`."""

    label: str
    asks: dict[Operation, Asks]
    read: Callable[[str], Any]
    word: Callable[[Any], str] = str
    choices: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


_MATCHES = {O.IS: Match.EXACTLY, O.BEGINS_WITH: Match.STARTS, O.CONTAINS: Match.CONTAINS, O.ENDS_WITH: Match.ENDS}


def _key(label: str, *fields: SearchField, empty: ColumnElement[bool] | None = None) -> Field:
    """Text that quick search looks into, or several of which any will do; of a name the starts of its words too."""

    def ask(match: Match) -> Asks:
        return lambda v, _: any_matches(fields, match, v)

    asks = {operation: ask(match) for operation, match in _MATCHES.items()}
    if SearchField.NAME in fields:
        asks |= {O.BEGINS_WITH: lambda v, _: any_begins(fields, v), O.MATCHES: ask(Match.STARTS)}
    if empty is not None:
        asks[O.IS_EMPTY] = lambda _v, _now: empty
    return Field(label, asks, plain, personal=tuple(f.label for f in fields if f.is_personal))


def _text(name: str) -> Field:
    """Text of the customer itself that has no key of its own."""

    def ask(match: Match) -> Asks:
        return lambda v, _: text_matches(name, match, v)

    asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in _MATCHES.items()}
    label, column = LABELS[name], getattr(Customer, name)
    return Field(label, asks | {O.IS_EMPTY: lambda _v, _now: column == ""}, plain, personal=(label,))


def _of(label: str, column: InstrumentedAttribute[str], owner: Any) -> Field:
    """Text of rows that belong to the customer: any of them will do, and empty means that there are none."""

    def ask(match: Match) -> Asks:
        return lambda v, _: (
            exists().where(owner == Customer.id, loosely(column.expression, match, v)).correlate(Customer)
        )

    asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in _MATCHES.items()}
    none = ~exists().where(owner == Customer.id).correlate(Customer)
    return Field(label, asks | {O.IS_EMPTY: lambda _v, _now: none}, plain)


def _finder() -> Field:
    """What the finder looks into, and as it does."""
    everything = _key("Customer ID, name, e-mail, phone or city", *SearchField)
    return replace(everything, asks=everything.asks | {O.MATCHES: lambda v, _: or_(*finds(v, personal=True))})


def _choice(
    label: str,
    asks: Callable[[frozenset[Any], datetime], ColumnElement[bool]],
    read: Callable[[str], Any] = plain,
    *,
    choices: tuple[str, ...] = (),
    word: Callable[[Any], str] = str,
) -> Field:
    both: dict[Operation, Asks] = {O.IS: lambda v, now: asks(frozenset((v,)), now), O.IS_ONE_OF: asks}
    return Field(label, both, read, word, choices)


def _yes(label: str, asks: Callable[[bool, datetime], ColumnElement[bool]]) -> Field:
    return Field(label, {O.IS: asks}, yes_or_no, lambda v: "yes" if v else "no", YES_NO)


def _amount(column: InstrumentedAttribute[Any]) -> Field:
    asks: dict[Operation, Asks] = {
        O.AT_LEAST: lambda v, _: column >= v,
        O.AT_MOST: lambda v, _: column <= v,
        O.IS: lambda v, _: column == v,
    }
    return Field(LABELS[column.key], asks, read_amount, _amount_word)


def _amount_word(amount: Decimal) -> str:
    return f"{amount.normalize() + Decimal(0):f}"


def _day(column: InstrumentedAttribute[Any]) -> Field:
    asks: dict[Operation, Asks] = {
        O.BEFORE: lambda v, _: column < v,
        O.AFTER: lambda v, _: column > v,
        O.IS: lambda v, _: column == v,
        O.IS_EMPTY: lambda _v, _now: column.is_(None),
    }
    return Field(LABELS[column.key], asks, day, in_words)


def subscription_runs(now: datetime) -> ColumnElement[bool]:
    """Whether a subscription of a selected customer was not finished before today, where the customer is billed."""
    return or_(Subscription.finished_on.is_(None), Subscription.finished_on >= local_days.today(now))


def _subscribed(plans: frozenset[str], now: datetime) -> ColumnElement[bool]:
    named = SubscriptionPlan.name_key.in_([fold(plan) for plan in plans])
    theirs = (Subscription.customer_id == Customer.id, SubscriptionPlan.id == Subscription.plan_id)
    return exists().where(*theirs, named, subscription_runs(now)).correlate(Customer)


def _promised(states: frozenset[PromiseState], _now: datetime) -> ColumnElement[bool]:
    return exists().where(Promise.customer_id == Customer.id, Promise.state.in_(states)).correlate(Customer)


def _is_raised(now: datetime) -> ColumnElement[bool]:
    return Customer.temporary_limit_until > now


def _following(on: date) -> date:
    return on + timedelta(days=1)


_created: dict[Operation, Asks] = {
    O.BEFORE: lambda v, _: is_before(Customer.created_at, v),
    O.AFTER: lambda v, _: is_from(Customer.created_at, _following(v)),
    O.IS: lambda v, _: and_(is_from(Customer.created_at, v), is_before(Customer.created_at, _following(v))),
}
_raised: dict[Operation, Asks] = {
    O.BEFORE: lambda v, now: and_(_is_raised(now), is_before(Customer.temporary_limit_until, v)),
    O.AFTER: lambda v, now: and_(_is_raised(now), is_from(Customer.temporary_limit_until, _following(v))),
    O.IS_EMPTY: lambda _v, now: or_(Customer.temporary_limit_until.is_(None), Customer.temporary_limit_until <= now),
}
_late: dict[Operation, Asks] = {
    O.AT_LEAST: lambda v, now: overdue_over(v - 1, now) if v else true(),
    O.AT_MOST: lambda v, now: not_(overdue_over(v, now)),
}
_used: dict[Operation, Asks] = {O.AT_LEAST: use_at_least, O.BELOW: use_below}
_in_force: dict[Operation, Asks] = {
    O.AT_LEAST: lambda v, now: effective_limit(now) >= v,
    O.AT_MOST: lambda v, now: effective_limit(now) <= v,
    O.IS: lambda v, now: effective_limit(now) == v,
}
_TOGETHER = [fields for size in range(2, len(SearchField) + 1) for fields in combinations(SearchField, size)]

FIELDS: dict[str, Field] = {
    "customer_id_or_name": _key("Customer ID or name", SearchField.CUSTOMER_ID, SearchField.NAME),
    "customer_id": _key(LABELS["customer_code"], SearchField.CUSTOMER_ID),
    "name": _key("Name", SearchField.NAME),
    "any_text": _finder(),
    "status": _choice(
        "Status", lambda v, now: shown_status(now).in_(sorted(v)), one_of(Shown), choices=STATUSES,
        word=lambda v: v.label,
    ),
    "blocked": _yes("Blocked", lambda v, _: Customer.blocked.is_(v)),
    "customer_class": _choice("Customer class", lambda v, _: class_is(v)),
    "currency": _choice("Currency", lambda v, _: Customer.currency.in_(v), currency_code, choices=CURRENCIES),
    "balance_control": _choice(
        "Balance control", lambda v, _: Customer.balance_control.in_(v), one_of(BalanceControl),
        choices=CONTROLS_OFFERED,
    ),
    "balance": _amount(Customer.balance),
    "outstanding": _amount(Customer.outstanding),
    "unallocated": _amount(Customer.unallocated),
    "credit_limit": _amount(Customer.credit_limit),
    "limit_in_force": Field("Credit limit in force", _in_force, read_amount, _amount_word),
    "temporary_limit_ends": Field(LABELS["temporary_limit_until"], _raised, day, in_words),
    "no_credit_limit": _yes(
        "No credit limit", lambda v, now: limit_is(Limit.NONE, now) if v else not_(limit_is(Limit.NONE, now))
    ),
    "over_the_limit": _yes(
        "Over the credit limit", lambda v, now: limit_is(Limit.OVER, now) if v else not_(limit_is(Limit.OVER, now))
    ),
    "use_of_limit": Field("Use of limit, per cent", _used, per_cent, lambda v: f"{v.normalize() + Decimal(0):f} %"),
    "days_overdue": Field("Days overdue", _late, days),
    "created": Field("Customer since", _created, day, in_words),
    "terminates": _day(Customer.terminate_on),
    "terminates_in": Field("Days until the termination", {O.AT_MOST: terminates_within}, days),
    "lift_ends": Field("Days until the lift ends", {O.AT_MOST: lift_ends_within}, days),
    "has_invoices": _yes("Has invoices", lambda v, _: has_invoices(v)),
    "promise": _choice(
        "Promise to pay", _promised, one_of(PromiseState), choices=PROMISES, word=lambda v: word(v).lower()
    ),
    "subscription_plan": _choice("Subscription plan", _subscribed),
    "account_id": _of("Account ID", Account.account_code, Account.customer_id),
    "invoice_number": _of("Invoice number", Invoice.number, Invoice.customer_id),
    "did_number": _of("DID number", Did.number, Did.customer_id),
    "reseller": _choice("Reseller", lambda v, _: reseller_is(v), word=lambda v: "none" if v == "-" else v),
    "email": _key("E-mail", SearchField.EMAIL, empty=Customer.email == ""),
    "phone": _key("Phone", SearchField.PHONE, empty=Customer.phone == ""),
    "country": _choice("Country", lambda v, _: Customer.country.in_(v), country_code),
    "city": _key(LABELS["city"], SearchField.CITY, empty=Customer.city == ""),
    **{name: _text(name) for name in WITHOUT_KEY},
}  # fmt: skip
KNOWN: dict[str, Field] = FIELDS | {
    "+".join(fields): _key(" or ".join(field.label for field in fields), *fields) for fields in _TOGETHER
}  # with all that quick search may look into, for the links that lead on from it
