"""Gists: what an audit entry is about and what its result was, in words, from the stored result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam

from data_access.base.bookings import BOOKINGS
from data_access.base.choices.export_choices import ExportState
from data_access.base.clock import short_day
from data_access.base.money import exact_money
from data_access.base.permissions import Actor
from data_access.base.statuses import BillStatus, ImportState
from data_access.base.text.labels import word
from data_access.base.text.numerals import counted
from data_access.domain.entered.custom_fields import section_of
from data_access.domain.moves import MOVES
from data_access.domain.sections import DID, SECTIONS
from data_access.domain.usage.quotas import said
from data_access.models.bulk import BulkRun
from data_access.models.cards import CardOperation, PaymentMethod
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import Holiday, Promise
from data_access.models.customers import Account, Customer
from data_access.models.history import PlannedMove, StatusEvent
from data_access.models.money import Transaction
from data_access.models.numbers import Did
from data_access.models.outbox import Webhook
from data_access.models.people import Person
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan
from data_access.models.plans.wallets import TopUp
from data_access.models.quotas import Quota
from data_access.models.services import Subscription, SubscriptionPlan
from data_access.models.usage.tariffs import Tariff
from data_access.models.work.imports import FileImport
from data_access.models.work.views import ListHabit, SavedView
from data_access.queries.customer_context import AnyRow
from data_access.store.access import Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

Result = Mapping[str, Any]
_IMPORT_STATES = {state.value: state.label for state in ImportState}
_STATUSES = {status.value: word(status) for status in BillStatus}
_EXPORTS = {state.value: state.label for state in ExportState}
_TITLES = {section.name: section.title for section in (*SECTIONS.values(), section_of(()))}
OFFER = "offer"  # what `plan_id` means where no customer is concerned


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that a result names: how it is selected with its id, and what it is called."""

    select: Callable[[Actor], Select[*tuple[Any, ...]]]
    says: Callable[[AnyRow], str]


def _of(model: Any, *columns: Any) -> Callable[[Actor], Select[*tuple[Any, ...]]]:
    return lambda actor: visible(model, actor).with_only_columns(model.id, *columns)


def _with_currency(model: Any, *columns: Any) -> Callable[[Actor], Select[*tuple[Any, ...]]]:
    return lambda actor: (
        visible(model, actor)
        .join(Customer, Customer.id == model.customer_id)
        .with_only_columns(model.id, Customer.currency, *columns)
    )


def _subscriptions(actor: Actor) -> Select[*tuple[Any, ...]]:
    of_plan = visible(Subscription, actor).join(SubscriptionPlan, SubscriptionPlan.id == Subscription.plan_id)
    return of_plan.with_only_columns(Subscription.id, SubscriptionPlan.name)


def _discounts(actor: Actor) -> Select[*tuple[Any, ...]]:
    of_plan = visible(DiscountAssignment, actor).join(DiscountPlan, DiscountPlan.id == DiscountAssignment.plan_id)
    return of_plan.with_only_columns(DiscountAssignment.id, DiscountPlan.name)


def _amount(row: AnyRow) -> str:
    return exact_money(abs(row.amount), row.currency)


_ROWS: dict[str, _Row] = {
    "person_id": _Row(_of(Person, Person.login, Person.name), lambda row: f"{row.login} ({row.name})"),
    "customer_class_id": _Row(_of(CustomerClass, CustomerClass.name), lambda row: row.name),
    "bulk_run_id": _Row(_of(BulkRun, BulkRun.title), lambda row: f"{row.id}: {row.title}"),
    "import_id": _Row(_of(FileImport, FileImport.made_at), lambda row: f"Import {row.id}"),
    "webhook_id": _Row(_of(Webhook, Webhook.name), lambda row: row.name),
    "view_id": _Row(_of(SavedView, SavedView.name), lambda row: row.name),
    "habit_id": _Row(_of(ListHabit, ListHabit.page), lambda row: f"{word(row.page)}"),
    "holiday_id": _Row(_of(Holiday, Holiday.day, Holiday.name), lambda row: f"{short_day(row.day)}, {row.name}"),
    OFFER: _Row(_of(SubscriptionPlan, SubscriptionPlan.name), lambda row: row.name),
    "plan_id": _Row(
        _of(PlannedMove, PlannedMove.move, PlannedMove.due_on),
        lambda row: f"{MOVES[row.move].label}, planned for {short_day(row.due_on)}",
    ),
    "event_id": _Row(
        _of(StatusEvent, StatusEvent.move, StatusEvent.until),
        lambda row: MOVES[row.move].label + (f" {short_day(row.until)}" if row.until else ""),
    ),
    "transaction_id": _Row(
        _with_currency(Transaction, Transaction.kind, Transaction.amount),
        lambda row: f"{BOOKINGS[row.kind].label} of {_amount(row)}",
    ),
    "account_id": _Row(_of(Account, Account.account_code), lambda row: f"Account {row.account_code}"),
    "subscription_id": _Row(_subscriptions, lambda row: row.name),
    "tariff_id": _Row(_of(Tariff, Tariff.name), lambda row: row.name),
    "top_up_id": _Row(
        _of(TopUp, TopUp.service, TopUp.quantity, TopUp.unit),
        lambda row: f"{row.service}, {said(row.quantity, row.unit)}",
    ),
    "discount_id": _Row(_discounts, lambda row: row.name),
    "quota_id": _Row(
        _of(Quota, Quota.service, Quota.allowance, Quota.unit),
        lambda row: f"{row.service}, {said(row.allowance, row.unit)}",
    ),
    "promise_id": _Row(
        _with_currency(Promise, Promise.amount, Promise.state),
        lambda row: f"Promise of {_amount(row)}",
    ),
    "operation_id": _Row(
        _with_currency(CardOperation, CardOperation.operation, CardOperation.amount),
        lambda row: f"{word(row.operation)} {_amount(row)}",
    ),
    "method_id": _Row(
        _of(PaymentMethod, PaymentMethod.brand, PaymentMethod.last_four),
        lambda row: f"{row.brand} ending in {row.last_four}",
    ),
}
_ROWS |= {  # records that stand by themselves: their id means nothing without their section
    f"record of {name}": _Row(_of(section.model, section.model.name), lambda row: row.name)
    for name, section in SECTIONS.items()
    if "name" in section.names
} | {f"record of {DID.name}": _Row(_of(Did, Did.number), lambda row: row.number)}


def _count(one: str, many: str) -> Callable[[Any], str]:
    return lambda value: counted(value, one, many) if isinstance(value, int) else ""


def _several(what: str) -> Callable[[Any], str]:
    return lambda value: f"{value:,} {what}" if value else ""


def _plain(before: str) -> Callable[[Any], str]:
    return lambda value: f"{before} {value}" if value else ""


_VALUES: dict[str, Callable[[Any], str]] = {
    "laid_out": str,
    "customers": _count("customer", "customers"),
    "changes": _count("planned change", "planned changes"),
    "format": _plain("as"),
    "filter": str,
    "customer_code": _plain("Customer"),
    "section": lambda value: _TITLES.get(value, ""),
    "note_id": lambda _: "Note",
    "verification_id": lambda _: "Caller verified",
    "request_id": lambda _: "Midterm invoice",
    "invoice_id": lambda _: "Invoice",
    "number": str,
    "billing_period": lambda value: str(value).replace("_", " ").capitalize(),
    "until": lambda value: f"until {value[:10]}" if value else "",
    "legal_hold": lambda value: "On hold" if value else "Hold ended",
    "count": _count("threshold", "thresholds"),
    "recorded": _count("sample recorded", "samples recorded"),
    "tags": lambda value: ", ".join(value) or "No tag",
    "outcomes": lambda value: counted(len(value), "row"),
    "added": _count("number added", "numbers added"),
    "booked": _count("charge booked", "charges booked"),
    "before": _several("here already"),
    "refused": lambda value: f"{len(value) if isinstance(value, list) else value:,} refused" if value else "",
    "steps": lambda value: ", ".join(step.replace("_", " ") for step in value.split(",") if step) or "Nothing was due",
    "closed": _count("period closed", "periods closed"),
    "invoices": _count("invoice issued", "invoices issued"),
    "ended": lambda value: "Ended" if value == 1 else f"{value:,} ended",
    "erased": lambda value: "Erased" if value else "Nothing was due",
    "values": lambda value: counted(value, "value in the audit", "values in the audit") if value else "",
    "import_state": lambda value: _IMPORT_STATES[value],
    "export_state": lambda value: f"Export: {_EXPORTS[value].lower()}",
    "bulk_state": lambda value: str(value).capitalize(),
    "state": lambda value: str(value).replace("_", " "),
    "why": str,
    "bill_status": lambda value: f"billing status {_STATUSES[value]}",
    "created": _several("created"),
    "changed": lambda value: f"{value:,} changed" if value and value is not True else "",
    "unchanged": _several("unchanged"),
    "differences": lambda value: counted(value, "difference") if value else "",
}
_MONEY = {  # of the customer that the result names; blank: there is none any more
    "temporary_limit": ("Temporary increase by {}", "No temporary increase"),
    "daily_spending_limit": ("{} a day", "No daily limit"),
    "limit_today": ("{} today", "No daily limit"),
}
_CURRENCIES = _Row(_of(Customer, Customer.currency), lambda row: row.currency)
TOLD = frozenset(_ROWS) | frozenset(_VALUES) | frozenset(_MONEY)


def gists(reader: Reader, results: Sequence[Result]) -> list[str]:
    """Of each entry its object and what came of it; what they name is looked up once, for all of them together."""
    known = [_named(result) for result in results]
    names = {key: _names(reader, row, known, key) for key, row in _ROWS.items()}
    currencies = _names(reader, _CURRENCIES, [one for one in known if _MONEY.keys() & one.keys()], "customer_id")
    return [_gist(result, names, currencies.get(result.get("customer_id", 0), "")) for result in known]


def _named(result: Result) -> Result:
    if "plan_id" in result and "customer_id" not in result:
        return {OFFER if key == "plan_id" else key: value for key, value in result.items()}
    if "record_id" in result:
        return {f"record of {result['section']}" if key == "record_id" else key: result[key] for key in result}
    return result


def _names(reader: Reader, row: _Row, results: Sequence[Result], key: str) -> dict[int, str]:
    wanted = {result[key] for result in results if result.get(key) is not None}
    if not wanted:
        return {}
    return {
        each.id: row.says(each) for each in reader.session.execute(_of_ids(reader.actor, row), {"ids": sorted(wanted)})
    }


@made_once
def _of_ids(actor: Actor, row: _Row) -> Select[*tuple[Any, ...]]:
    query = row.select(actor)
    return query.where(query.selected_columns.id.in_(bindparam("ids", expanding=True)))


def _gist(result: Result, names: Mapping[str, Mapping[int, str]], currency: str) -> str:
    rows = [names[key].get(value, "") for key, value in result.items() if key in names]
    money = [_money(key, value, currency) for key, value in result.items() if key in _MONEY]
    values = [_VALUES[key](value) for key, value in result.items() if key in _VALUES]
    named, told = [", ".join(filter(None, parts)) for parts in ((*rows, *money), values)]
    return f"{named}, {told}" if named and told else named or told[:1].upper() + told[1:]


def _money(key: str, value: str, currency: str) -> str:
    says, nothing = _MONEY[key]
    if not value:
        return nothing
    return says.format(exact_money(Decimal(value), currency)) if currency else ""
