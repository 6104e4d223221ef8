"""The fields of Advanced search: what each is called, what can be asked of it, and how that is asked in SQL."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from data_access.base.clock import short_day
from data_access.base.labelled import Labelled
from data_access.base.money import CURRENCIES, read_amount
from data_access.base.text.labels import word
from data_access.base.text.text_keys import fold
from data_access.domain.field_labels import LABELS
from data_access.domain.references import REFERRED, Referred
from data_access.domain.sections import ADDITIONAL_INFO, ADDRESS_INFO, SELF_CARE_LOGIN
from data_access.domain.shown_status import Shown, effective_limit, shown_status
from data_access.fields.field import Control, Field
from data_access.fields.kinds import DAY, INSTANT, REFERENCE, ROWS, TICK
from data_access.fields.section import FieldSection
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.models.numbers import Did
from data_access.models.services import Subscription, SubscriptionPlan
from data_access.search import local_days
from data_access.search.customer_conditions import (
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
from data_access.search.local_days import is_before, is_from
from data_access.search.text_match import (
    Match,
    SearchField,
    any_begins,
    any_matches,
    finds,
    login_holds,
    loosely,
    text_matches,
)

YES_NO = ("yes", "no")
STATUSES = tuple(status.value for status in Shown)
CONTROLS_OFFERED = tuple(control.value for control in BalanceControl)
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
    MORE_THAN = "more_than", "more than"
    FROM = "from", "on or after"
    UNTIL = "until", "on or before"


O = Operation  # noqa: E741 - the first letter, as P for permissions
OF_FILTERS = (O.MORE_THAN, O.FROM, O.UNTIL)  # what the Customers page asks so; Advanced search offers the others
Asks = Callable[[Any, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Searchable:
    """One field. `asks` holds its operations; a value is read by `read` and said by `word`."""

    label: str
    asks: dict[Operation, Asks]
    read: Callable[[str], Any]
    word: Callable[[Any], str] = str
    choices: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


MATCHES = {O.IS: Match.EXACTLY, O.BEGINS_WITH: Match.STARTS, O.CONTAINS: Match.CONTAINS, O.ENDS_WITH: Match.ENDS}


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


def searchable(section: FieldSection) -> dict[str, Searchable]:
    """What can be asked of the fields of a section: of the customer itself, or of the row that stands beside it."""
    return {
        one.name: replace(_of_kind(one, section.model), personal=(one.label,) if one.personal else ())
        for one in section
        if one.kind is not ROWS and (one.kind is not REFERENCE or one.refers_to in REFERRED)
    }


def _of_kind(field: Field, model: Any) -> Searchable:
    """As every field of its kind is asked for."""
    column = getattr(model, field.name)

    def holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        if model is Customer:
            return condition
        return exists().where(model.customer_id == Customer.id, condition).correlate(Customer)

    def ask(match: Match) -> Asks:
        if model is Customer:
            return lambda v, _: text_matches(field, match, v)
        return lambda v, _: holds(loosely(column, match, v))

    if field.kind is REFERENCE:
        return _named(field.label, REFERRED[field.refers_to], column, holds)
    if field.is_text or field.kind.control is Control.SEVERAL:
        asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
        asks[O.IS_EMPTY] = lambda _v, _now: column == "" if model is Customer else not_(holds(column != ""))
        return Searchable(field.label, asks, plain)
    if field.options:
        choices = tuple(field.options)
        return _choice(field.label, lambda v, _: holds(column.in_(v)), field.read, choices=choices, word=field.said)
    if field.kind is TICK:
        return _yes(field.label, lambda v, _: holds(column.is_(v)))

    def compare(by: Callable[[Any, Any], ColumnElement[bool]]) -> Asks:
        return lambda v, _: holds(by(column, v))

    compared = DAYS if field.kind in (DAY, INSTANT) else NUMBERS
    return Searchable(
        field.label, {operation: compare(by) for operation, by in compared.items()}, field.read, field.said
    )


def _named(label: str, referred: Referred, column: Any, holds: Callable[[Any], ColumnElement[bool]]) -> Searchable:
    """A reference, asked for by what the record is called."""
    record: Any = aliased(referred.model)
    called = getattr(record, referred.column)

    def ask(match: Match) -> Asks:
        return lambda v, _: holds(exists().where(record.id == column, loosely(called, match, v)))

    asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
    return Searchable(label, asks | {O.IS_EMPTY: lambda _v, _now: not_(holds(column.is_not(None)))}, plain)


DAYS: dict[Operation, Callable[[Any, Any], ColumnElement[bool]]] = {O.BEFORE: lt, O.AFTER: gt, O.IS: eq}
NUMBERS: dict[Operation, Callable[[Any, Any], ColumnElement[bool]]] = {O.AT_LEAST: ge, O.AT_MOST: le, O.IS: eq}


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
    return replace(everything, asks=everything.asks | {O.MATCHES: lambda v, _: or_(*finds(v, personal=True))})


def _choice(
    label: str,
    asks: Callable[[frozenset[Any], datetime], ColumnElement[bool]],
    read: Callable[[str], Any] = plain,
    *,
    choices: tuple[str, ...] = (),
    word: Callable[[Any], str] = str,
) -> Searchable:
    both: dict[Operation, Asks] = {O.IS: lambda v, now: asks(frozenset((v,)), now), O.IS_ONE_OF: asks}
    return Searchable(label, both, read, word, choices)


def _column(
    label: str, column: InstrumentedAttribute[Any], read: Callable[[str], Any], choices: tuple[str, ...] = ()
) -> Searchable:
    """A choice that is a column: one value is compared, which an index answers as it stands."""
    field = _choice(label, lambda v, _: column.in_(v), read, choices=choices)
    return replace(field, asks=field.asks | {O.IS: lambda v, _: column == v})


def _yes(label: str, asks: Callable[[bool, datetime], ColumnElement[bool]]) -> Searchable:
    return Searchable(label, {O.IS: asks}, yes_or_no, yes, YES_NO)


def _compared(
    value: Callable[[datetime], Any], by: dict[Operation, Callable[[Any, Any], ColumnElement[bool]]]
) -> dict[Operation, Asks]:
    """What is asked of a value that is compared, as it is at an instant."""

    def ask(compare: Callable[[Any, Any], ColumnElement[bool]]) -> Asks:
        return lambda v, now: compare(value(now), v)

    return {operation: ask(compare) for operation, compare in by.items()}


def _amount(column: InstrumentedAttribute[Any]) -> Searchable:
    return Searchable(LABELS[column.key], _compared(lambda _: column, NUMBERS), read_amount, short)


def _day(column: InstrumentedAttribute[Any]) -> Searchable:
    none: dict[Operation, Asks] = {O.IS_EMPTY: lambda _v, _now: column.is_(None)}
    return Searchable(LABELS[column.key], _compared(lambda _: column, DAYS) | none, day, short_day)


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
    O.FROM: lambda v, _: is_from(Customer.created_at, v),
    O.UNTIL: lambda v, _: is_before(Customer.created_at, _following(v)),
}
_raised: dict[Operation, Asks] = {
    O.BEFORE: lambda v, now: and_(_is_raised(now), is_before(Customer.temporary_limit_until, v)),
    O.AFTER: lambda v, now: and_(_is_raised(now), is_from(Customer.temporary_limit_until, _following(v))),
    O.IS_EMPTY: lambda _v, now: or_(Customer.temporary_limit_until.is_(None), Customer.temporary_limit_until <= now),
}
_late: dict[Operation, Asks] = {
    O.AT_LEAST: lambda v, now: overdue_over(v - 1, now) if v else true(),
    O.AT_MOST: lambda v, now: not_(overdue_over(v, now)),
    O.MORE_THAN: overdue_over,
}
_used: dict[Operation, Asks] = {O.AT_LEAST: use_at_least, O.BELOW: use_below}
_TOGETHER = [fields for size in range(2, len(SearchField) + 1) for fields in combinations(SearchField, size)]

_OWN: dict[str, Searchable] = {
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
    "currency": _column("Currency", Customer.currency, currency_code, CURRENCIES),
    "balance_control": _column(
        "Balance control", Customer.balance_control, one_of(BalanceControl), CONTROLS_OFFERED
    ),
    "balance": _amount(Customer.balance),
    "outstanding": _amount(Customer.outstanding),
    "unallocated": _amount(Customer.unallocated),
    "credit_limit": _amount(Customer.credit_limit),
    "limit_in_force": Searchable("Credit limit in force", _compared(effective_limit, NUMBERS), read_amount, short),
    "temporary_limit_ends": Searchable(LABELS["temporary_limit_until"], _raised, day, short_day),
    "no_credit_limit": _yes(
        "No credit limit", lambda v, now: limit_is(Limit.NONE, now) if v else not_(limit_is(Limit.NONE, now))
    ),
    "over_the_limit": _yes(
        "Over the credit limit", lambda v, now: limit_is(Limit.OVER, now) if v else not_(limit_is(Limit.OVER, now))
    ),
    "use_of_limit": Searchable("Use of limit, per cent", _used, per_cent, lambda v: f"{short(v)} %"),
    "days_overdue": Searchable("Days overdue", _late, days),
    "created": Searchable("Customer since", _created, day, short_day),
    "terminates": _day(Customer.terminate_on),
    "terminates_in": Searchable("Days until the termination", {O.AT_MOST: terminates_within}, days),
    "lift_ends": Searchable("Days until the lift ends", {O.AT_MOST: lift_ends_within}, days),
    "has_invoices": _yes("Has invoices", lambda v, _: has_invoices(v)),
    "promise": _choice(
        "Promise to pay", _promised, one_of(PromiseState), choices=PROMISES, word=lambda v: word(v).lower()
    ),
    "subscription_plan": _choice("Subscription plan", _subscribed),
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
_DECLARED = {name: field for section in (ADDRESS_INFO, ADDITIONAL_INFO) for name, field in searchable(section).items()}
FIELDS = _OWN | {name: field for name, field in _DECLARED.items() if name not in _OWN}
KNOWN: dict[str, Searchable] = FIELDS | {
    "+".join(fields): _key(" or ".join(field.label for field in fields), *fields) for fields in _TOGETHER
}  # with all that quick search may look into, for the links that lead on from it
