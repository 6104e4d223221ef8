"""The fields of Advanced search: the label of each, its operations, and their SQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.clock import Instant, Present, short_day
from data_access.base.money import CURRENCIES, read_amount
from data_access.base.text.labels import word
from data_access.base.text.text_keys import fold
from data_access.domain.field_labels import LABELS
from data_access.domain.sections import (
    ABBREVIATED_NUMBER,
    ACCOUNT,
    ACCOUNT_FEATURES,
    ADDITIONAL_INFO,
    ADDRESS_INFO,
    AUTO_PAYMENT,
    DIALING,
    DISCOUNT,
    FRAUD_PROTECTION,
    INVOICING,
    MEASURED_SERVICE,
    OVERRIDE_TARIFF,
    QUOTA,
    SELF_CARE,
    SELF_CARE_LOGIN,
    SERVICE_CONFIGURATION,
    TOP_FIELDS,
)
from data_access.domain.shown_status import Shown, effective_limit, shows
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.card.service_configuration import OwnFeatures
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.models.numbers import Did
from data_access.models.services import Subscription, SubscriptionPlan
from data_access.search import local_days
from data_access.search.customer_conditions import (
    Limit,
    by_the_order,
    class_is,
    has_invoices,
    is_one_of,
    lift_ends_within,
    limit_is,
    overdue_over,
    reseller_is,
    tagged,
    terminates_within,
    use_at_least,
    use_below,
    use_exactly,
)
from data_access.search.declared_search import YES_NO, searchable
from data_access.search.derived_figures import available_funds, balance_change, broken_promises, overdue_amount
from data_access.search.filter_params import (
    country_code,
    currency_code,
    day,
    days,
    one_of,
    per_cent,
    plain,
    short,
    yes,
    yes_or_no,
)
from data_access.search.finding import found_by
from data_access.search.local_days import is_before, is_from
from data_access.search.operations import DAYS, MATCHES, NUMBERS, Asks, O, Operation, Searchable, compared, empty, whole
from data_access.search.text_match import (
    Match,
    SearchField,
    any_begins,
    any_matches,
    login_holds,
    loosely,
)

STATUSES = tuple(status.value for status in Shown)
CONTROLS_OFFERED = tuple(control.value for control in BalanceControl)
PROMISES = tuple(state.value for state in PromiseState)


def _key(label: str, *fields: SearchField, empty: ColumnElement[bool] | None = None) -> Searchable:
    """Text that quick search looks into, or several of which any will do; of a name the starts of its words too."""

    def ask(match: Match) -> Asks:
        return lambda v, _: any_matches(fields, match, v)

    asks = {operation: ask(match) for operation, match in MATCHES.items()}
    if SearchField.NAME in fields:
        asks |= {O.BEGINS_WITH: lambda v, _: any_begins(fields, v), O.MATCHES: ask(Match.STARTS)}
    if empty is not None:
        asks[O.IS_EMPTY] = lambda _v, _now: empty
    return Searchable(label, asks, plain, personal=tuple(f.label for f in fields if f.is_personal))


def _of(label: str, column: InstrumentedAttribute[str], owner: Any) -> Searchable:
    """Text of rows that belong to the customer: any of them will do, and empty means that there are none."""

    def ask(match: Match) -> Asks:
        return lambda v, _: (
            exists().where(owner == Customer.id, loosely(column.expression, match, v)).correlate(Customer)
        )

    asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
    none = ~exists().where(owner == Customer.id).correlate(Customer)
    return Searchable(label, asks | {O.IS_EMPTY: lambda _v, _now: none}, plain)


def _login() -> Searchable:
    """The logins of a customer and of its accounts: any of them will do, and empty means that there are none."""

    def ask(match: Match) -> Asks:
        return lambda v, _: login_holds(match, v)

    label = SELF_CARE_LOGIN["login"].label
    asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
    some = (
        exists().where(SelfCareLogin.customer_id == Customer.id, SelfCareLogin.login.is_not(None)).correlate(Customer)
    )
    asks[O.IS_EMPTY] = lambda _v, _now: ~some
    return Searchable(label, asks, plain, personal=(label,))


def _finder() -> Searchable:
    """What the finder looks into, and as it does."""
    everything = _key("Customer ID, name, e-mail, phone, city or login", *SearchField)
    return replace(everything, asks=everything.asks | {O.MATCHES: lambda v, _: found_by(v, personal=True)})


def _numbers() -> Searchable:
    """What the finder looks into for those who may not see names, and as it does."""
    return Searchable("Any number", {O.MATCHES: lambda v, _: found_by(v, personal=False)}, plain)


def _choice(
    label: str,
    asks: Callable[[frozenset[Any], Any], ColumnElement[bool]],
    read: Callable[[str], Any] = plain,
    *,
    choices: tuple[str, ...] = (),
    word: Callable[[Any], str] = str,
) -> Searchable:
    both: dict[Operation, Asks] = {O.IS: lambda v, now: asks(frozenset((v,)), now), O.IS_ONE_OF: asks}
    return Searchable(label, both, read, word, choices)


def _tag() -> Searchable:
    """The tags of a customer: any of them will do, and empty means that there are none."""
    field = _choice("Tag", lambda v, _: tagged(v))
    return replace(field, asks=field.asks | {O.IS_EMPTY: lambda _v, _now: not_(tagged(None))})


def _column(
    label: str, column: InstrumentedAttribute[Any], read: Callable[[str], Any], choices: tuple[str, ...] = ()
) -> Searchable:
    """A choice that is a column: one value is compared, which an index answers as it stands."""
    field = _choice(label, lambda v, _: is_one_of(column, v), read, choices=choices)
    return replace(field, asks=field.asks | {O.IS: lambda v, _: column == v})


def _yes(label: str, asks: Callable[[bool, Any], ColumnElement[bool]]) -> Searchable:
    return Searchable(label, {O.IS: asks}, yes_or_no, yes, YES_NO)


def _amount(column: InstrumentedAttribute[Any]) -> Searchable:
    none = empty(lambda _: column) if column.expression.nullable else {}
    return Searchable(LABELS[column.key], compared(lambda _: column, NUMBERS) | none, read_amount, short)


def _figure(label: str, value: Callable[[Any], Any], **more: Any) -> Searchable:
    """An amount that follows from others."""
    return Searchable(label, compared(value, NUMBERS), **{"read": read_amount, "word": short} | more)


def _day(column: InstrumentedAttribute[Any]) -> Searchable:
    return Searchable(LABELS[column.key], compared(lambda _: column, DAYS) | empty(lambda _: column), day, short_day)


def _until(column: InstrumentedAttribute[Any]) -> Searchable:
    """The end of what runs until an instant, as a day where the customer is billed; empty once it has come."""

    def while_it_runs(asks: Asks) -> Asks:
        return lambda v, now: and_(column > now, asks(v, now))

    asked = {operation: while_it_runs(asks) for operation, asks in _moment(column).items()}
    none: dict[Operation, Asks] = {O.IS_EMPTY: lambda _v, now: or_(column.is_(None), column <= now)}
    return Searchable(LABELS[column.key], asked | none, day, short_day)


def _moment(column: InstrumentedAttribute[Any]) -> dict[Operation, Asks]:
    """An instant, asked for by its day where the customer is billed."""
    return {
        O.BEFORE: lambda v, _: is_before(column, v),
        O.AFTER: lambda v, _: is_from(column, _following(v)),
        O.IS: lambda v, _: and_(is_from(column, v), is_before(column, _following(v))),
        O.FROM: lambda v, _: is_from(column, v),
        O.UNTIL: lambda v, _: is_before(column, _following(v)),
    }


def subscription_runs(now: datetime | Present) -> ColumnElement[bool]:
    """Whether a subscription of a selected customer was not finished before today, where the customer is billed."""
    return or_(Subscription.finished_on.is_(None), Subscription.finished_on >= local_days.today(now))


def _subscribed(plans: frozenset[str], now: datetime | Present) -> ColumnElement[bool]:
    named = SubscriptionPlan.name_key.in_([fold(plan) for plan in plans])
    theirs = (Subscription.customer_id == Customer.id, SubscriptionPlan.id == Subscription.plan_id)
    return exists().where(*theirs, named, subscription_runs(now)).correlate(Customer)


def _promised(states: frozenset[PromiseState], _now: Instant) -> ColumnElement[bool]:
    return exists().where(Promise.customer_id == Customer.id, Promise.state.in_(states)).correlate(Customer)


def _following(on: date) -> date:
    return on + timedelta(days=1)


_late: dict[Operation, Asks] = {
    O.AT_LEAST: lambda v, now: overdue_over(v - 1, now) if v else true(),
    O.AT_MOST: lambda v, now: not_(overdue_over(v, now)),
    O.MORE_THAN: overdue_over,
    O.BELOW: lambda v, now: not_(_late[O.AT_LEAST](v, now)),
    O.IS: lambda v, now: and_(_late[O.AT_LEAST](v, now), _late[O.AT_MOST](v, now)),
}
_used: dict[Operation, Asks] = {
    O.AT_LEAST: use_at_least,
    O.BELOW: use_below,
    O.AT_MOST: lambda v, now: or_(use_below(v, now), use_exactly(v, now)),
    O.MORE_THAN: lambda v, now: and_(use_at_least(v, now), not_(use_exactly(v, now))),
    O.IS: use_exactly,
} | empty(effective_limit)
_TOGETHER = [fields for size in range(2, len(SearchField) + 1) for fields in combinations(SearchField, size)]

_OWN: dict[str, Searchable] = {
    "customer_id_or_name": _key("Customer ID or name", SearchField.CUSTOMER_ID, SearchField.NAME),
    "customer_id": _key(LABELS["customer_code"], SearchField.CUSTOMER_ID),
    "name": _key("Name", SearchField.NAME),
    "any_text": _finder(),
    "any_number": _numbers(),
    "status": _choice(
        "Status", shows, one_of(Shown), choices=STATUSES,
        word=lambda v: v.label,
    ),
    "blocked": _yes("Blocked", lambda v, _: Customer.blocked.is_(v)),
    "customer_class": _choice("Customer class", lambda v, _: class_is(v)),
    "currency": _column("Currency", Customer.currency, currency_code, CURRENCIES),
    "balance_control": _choice(
        "Balance control", lambda v, _: by_the_order(Customer.balance_control).in_(v), one_of(BalanceControl),
        choices=CONTROLS_OFFERED,
    ),
    "balance": _amount(Customer.balance),
    "outstanding": _amount(Customer.outstanding),
    "unallocated": _amount(Customer.unallocated),
    "credit_limit": _amount(Customer.credit_limit),
    "limit_in_force": Searchable(
        "Credit limit in force", compared(effective_limit, NUMBERS) | empty(effective_limit), read_amount, short
    ),
    "available_funds": Searchable(
        "Available funds", compared(available_funds, NUMBERS) | empty(available_funds), read_amount, short
    ),
    "overdue_amount": _figure("Overdue amount", overdue_amount),
    "balance_change": _figure("Balance change in 30 days", balance_change, by_clock=True),
    "temporary_limit_ends": _until(Customer.temporary_limit_until),
    "no_credit_limit": _yes(
        "No credit limit", lambda v, now: limit_is(Limit.NONE, now) if v else not_(limit_is(Limit.NONE, now))
    ),
    "over_the_limit": _yes(
        "Over the credit limit", lambda v, now: limit_is(Limit.OVER, now) if v else not_(limit_is(Limit.OVER, now))
    ),
    "use_of_limit": Searchable("Use of limit, per cent", _used, per_cent, lambda v: f"{short(v)} %"),
    "days_overdue": Searchable("Days overdue", _late, days, by_clock=True),
    "created": Searchable("Customer since", _moment(Customer.created_at), day, short_day),
    "terminates": _day(Customer.terminate_on),
    "terminates_in": Searchable("Days until the termination", {O.AT_MOST: terminates_within}, days, by_clock=True),
    "lift_until": _until(Customer.suspension_lifted_until),
    "limitation_lift_until": _until(Customer.limitation_lifted_until),
    "lift_ends": Searchable("Days until the lift ends", {O.AT_MOST: lift_ends_within}, days, by_clock=True),
    "has_invoices": _yes("Has invoices", lambda v, _: has_invoices(v)),
    "promise": _choice(
        "Promise to pay", _promised, one_of(PromiseState), choices=PROMISES, word=lambda v: word(v).lower()
    ),
    "broken_promises": _figure("Broken promises", lambda _: broken_promises(), read=days, word=str),
    "subscription_plan": replace(_choice("Subscription plan", _subscribed), by_clock=True),
    "tag": _tag(),
    "account_id": _of("Account ID", Account.account_code, Account.customer_id),
    "self_care_login": _login(),
    "invoice_number": _of("Invoice number", Invoice.number, Invoice.customer_id),
    "did_number": _of("DID number", Did.number, Did.customer_id),
    "reseller": _choice("Reseller", lambda v, _: reseller_is(v), word=lambda v: "none" if v == "-" else v),
    "email": _key("E-mail", SearchField.EMAIL, empty=Customer.email == ""),
    "phone": _key("Phone", SearchField.PHONE, empty=Customer.phone == ""),
    "country": _column("Country", Customer.country, country_code),
    "city": _key(LABELS["city"], SearchField.CITY, empty=Customer.city == ""),
}  # fmt: skip
FIGURES = frozenset({"overdue_amount", "balance_change", "broken_promises"})  # reckoned for each customer asked of
_ELSEWHERE = {"customer_code", "reseller_id", "customer_class_id", "balance_control", "currency", "credit_limit"}
_CARD = TOP_FIELDS.only(set(TOP_FIELDS.names) - _ELSEWHERE), ADDRESS_INFO, ADDITIONAL_INFO
_BESIDE = (  # of several rows, any will do
    INVOICING, AUTO_PAYMENT, SELF_CARE, SERVICE_CONFIGURATION, DIALING, ABBREVIATED_NUMBER, FRAUD_PROTECTION,
    ACCOUNT.only(set(ACCOUNT.names) - {"account_code"}), ACCOUNT_FEATURES.only(OwnFeatures.__annotations__),
    QUOTA, DISCOUNT, MEASURED_SERVICE, OVERRIDE_TARIFF,
)  # fmt: skip
_DECLARED: dict[str, Searchable] = {}
for _section in _CARD:
    _DECLARED |= searchable(_section)
for _section in _BESIDE:
    _DECLARED |= searchable(_section, named=f"{_section.name}_", called=f"{_section.title}: ")
FIELDS = {name: whole(field) for name, field in _OWN.items()}
FIELDS |= {name: field for name, field in _DECLARED.items() if name not in FIELDS}
KNOWN: dict[str, Searchable] = FIELDS | {
    "+".join(fields): whole(_key(" or ".join(field.label for field in fields), *fields)) for fields in _TOGETHER
}  # with all that quick search may look into, for the links that lead on from it
