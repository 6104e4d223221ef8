"""Filters as values: one frozen dataclass is the address, the sentence and the WHERE."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement

from data_access.base.errors import NotPermitted
from data_access.base.money import read_amount
from data_access.base.permissions import Actor, Permission, who_can
from data_access.domain.shown_status import Shown, live, shown_status
from data_access.models.customers import BalanceControl, Customer
from data_access.search import local_days
from data_access.search.customer_conditions import (
    OWN, Limit, class_is, has_invoices, lift_ends_within, limit_is, overdue_over, reseller_is, terminates_within,
    use_at_least, use_below,
)  # fmt: skip
from data_access.search.filter_params import (
    Filter,
    country_code,
    currency_code,
    day,
    days,
    facet,
    in_words,
    one_of,
    per_cent,
    plain,
    short,
    yes,
    yes_or_no,
)
from data_access.search.text_match import Match, SearchField, any_matches

SEARCHABLE = (SearchField.CUSTOMER_ID, SearchField.NAME)
STATUSES_OFFERED = tuple(status for status in Shown if status is not Shown.PERMANENTLY_TERMINATED)
CONTROLS_OFFERED = tuple(control.value for control in BalanceControl)
SEARCH = "Search"


def _status(text: str) -> Shown:
    if text == Shown.PERMANENTLY_TERMINATED:
        raise ValueError("the permanently terminated are found by Advanced search only.")
    return one_of(Shown)(text)  # type: ignore[no-any-return]  # the enum that it was made for


@dataclass(frozen=True, slots=True)
class CustomerFilter(Filter):
    """Which customers the Customers page lists: all but the permanently terminated, unless facets say less."""

    q: str = facet("", SEARCH, read=plain, where=None, says="{}")
    match: Match = facet(Match.STARTS, "Match", read=one_of(Match), where=None, says="")
    fields: frozenset[SearchField] = facet(
        frozenset(SEARCHABLE), "Searched fields", read=one_of(SearchField), where=None, says="", many=True
    )
    status: frozenset[Shown] = facet(
        frozenset(), "Status", read=_status, says="{}", word=lambda v: v.label, many=True,
        where=lambda v, now: shown_status(now).in_(sorted(v)),
    )  # fmt: skip
    blocked: bool | None = facet(
        None, "Blocked", read=yes_or_no, write=yes, says="blocked: {}",
        where=lambda v, _: Customer.blocked.is_(v),
    )  # fmt: skip
    customer_class: frozenset[str] = facet(
        frozenset(), "Customer class", read=plain, says="customer class {}", many=True, where=lambda v, _: class_is(v)
    )
    currency: frozenset[str] = facet(
        frozenset(),
        "Currency",
        read=currency_code,
        says="in {}",
        many=True,
        where=lambda v, _: Customer.currency.in_(v),
    )
    control: BalanceControl | None = facet(
        None,
        "Balance control",
        read=one_of(BalanceControl),
        says="{}",
        where=lambda v, _: Customer.balance_control == v,
    )
    overdue_over: int | None = facet(
        None, "Overdue over", read=days, says="overdue for more than {} days", where=overdue_over
    )
    balance_from: Decimal | None = facet(
        None, "Balance from", read=read_amount, write=short, says="balance at least {}",
        where=lambda v, _: Customer.balance >= v,
    )  # fmt: skip
    balance_to: Decimal | None = facet(
        None, "Balance to", read=read_amount, write=short, says="balance at most {}",
        where=lambda v, _: Customer.balance <= v,
    )  # fmt: skip
    limit: Limit | None = facet(
        None, "Credit limit", read=one_of(Limit), says="{}", word=lambda v: v.label, where=limit_is
    )
    used_from: Decimal | None = facet(
        None, "Limit used from", read=per_cent, write=short, says="at least {} % of the limit used",
        where=use_at_least,
    )  # fmt: skip
    used_below: Decimal | None = facet(
        None, "Limit used below", read=per_cent, write=short, says="less than {} % of the limit used",
        where=use_below,
    )  # fmt: skip
    created_from: date | None = facet(
        None, "Created from", read=day, says="created from {}", word=in_words,
        where=lambda v, _: local_days.is_from(Customer.created_at, v),
    )  # fmt: skip
    created_to: date | None = facet(
        None, "Created to", read=day, says="created until {}", word=in_words,
        where=lambda v, _: local_days.is_before(Customer.created_at, v + timedelta(days=1)),
    )  # fmt: skip
    invoices: bool | None = facet(
        None, "Has invoices", read=yes_or_no, write=yes, says="has invoices: {}", where=lambda v, _: has_invoices(v)
    )
    terminates_before: date | None = facet(
        None, "Terminates before", read=day, says="terminates before {}", word=in_words,
        where=lambda v, _: Customer.terminate_on < v,
    )  # fmt: skip
    terminates_within: int | None = facet(
        None, "Terminates within", read=days, says="terminates within {} days", where=terminates_within
    )
    lift_ends_within: int | None = facet(
        None, "Lift ends within", read=days, says="the lift of the suspension ends within {} days",
        where=lift_ends_within,
    )  # fmt: skip
    reseller: frozenset[str] = facet(
        frozenset(), "Reseller", read=plain, says="reseller {}", many=True, where=lambda v, _: reseller_is(v),
        word=lambda v: "none" if v == OWN else v,
    )  # fmt: skip
    country: frozenset[str] = facet(
        frozenset(),
        "Country",
        read=country_code,
        says="country {}",
        many=True,
        where=lambda v, _: Customer.country.in_(v),
    )

    def where(self, now: datetime) -> list[ColumnElement[bool]]:
        return [live(), *self.where_any_status(now)]

    def where_any_status(self, now: datetime) -> list[ColumnElement[bool]]:
        """As `where`, with the permanently terminated."""
        asked = [part.where(value, now) for part, value in self.chosen() if part.where is not None]
        return [*asked, any_matches(self.fields, self.match, self.q)] if self.q else asked

    def without_status(self) -> "CustomerFilter":
        return replace(self, status=frozenset())

    def describe(self, *, quoted: bool = True) -> str:
        """The sentence. Not `quoted`: without the searched text, which may be somebody's name."""
        said = []
        for part, value in self.chosen():
            words = " or ".join(part.word(each) for each in part.each(value))
            said.append(self._search(quoted=quoted) if part.name == SEARCH else part.says.format(words))
        return ", ".join([*filter(None, said), "not permanently terminated"])

    def _search(self, *, quoted: bool) -> str:
        words = {SearchField.NAME: "a word of the name"} if self.match is Match.STARTS else {}
        searched = " or ".join(words.get(each, each.label) for each in SearchField if each in self.fields)
        return f"{searched} {self.match.label} {f'“{self.q}”' if quoted else 'a text'}"

    def require(self, actor: Actor) -> None:
        """NotPermitted when it searches what the actor sees masked."""
        personal = [each.label for each in SearchField if each.is_personal and each in self.fields]
        if self.q and personal:
            refuse_personal(actor, personal)


LISTED = CustomerFilter()  # all but the permanently terminated


def refuse_personal(actor: Actor, labels: Sequence[str], *, doing: str = "Searching") -> None:
    """NotPermitted without the right to personal data: who may not read it may not search by it either."""
    if actor.may(Permission.PERSONAL_READ):
        return
    right = Permission.PERSONAL_READ
    raise NotPermitted(
        f"{doing} by {' and '.join(labels)} needs the right to {right.label}, which your role, "
        f"{actor.role}, does not have. {who_can(right).capitalize()} can. {doing} by Customer ID works for you."
    )
