"""The filter of the Customers page: its short URL, its sentence, and the conditions that it represents."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from data_access.base.clock import Instant
from data_access.base.permissions import Actor
from data_access.domain.shown_status import Shown, live
from data_access.models.customers import BalanceControl
from data_access.search.customer_conditions import Limit
from data_access.search.expression import Condition, is_by_clock, require
from data_access.search.filter_params import Filter, facet, one_of, plain, short, yes
from data_access.search.operations import MATCHES, O, Operation
from data_access.search.search_fields import FIELDS
from data_access.search.text_match import Match, SearchField

SEARCHABLE = (SearchField.CUSTOMER_ID, SearchField.NAME)
STATUSES_OFFERED = tuple(status for status in Shown if status is not Shown.PERMANENTLY_TERMINATED)
SEARCH = "Search"
_LIMITS = {Limit.OVER: "over_the_limit", Limit.NONE: "no_credit_limit"}
_SEARCHED = {frozenset(SEARCHABLE): "customer_id_or_name"}
_OPERATIONS = {match: operation for operation, match in MATCHES.items()}


def _status(text: str) -> Shown:
    if text == Shown.PERMANENTLY_TERMINATED:
        raise ValueError("the permanently terminated are found by Advanced search only.")
    return one_of(Shown)(text)  # type: ignore[no-any-return]  # the enum that it was made for


def asking(
    label: str, field: str, operation: Operation, says: str, *,
    read: Callable[[str], Any] | None = None, write: Callable[[Any], str] = str,
) -> Any:  # fmt: skip
    """A facet that asks this of a field of Advanced search, and is read and said as that is."""
    of, many = FIELDS[field], operation is O.IS_ONE_OF
    default: Any = frozenset() if many else None
    return facet(
        default, label, read=read or of.read, write=write, says=says, word=of.word, many=many, asks=(field, operation)
    )


@dataclass(frozen=True, slots=True)
class CustomerFilter(Filter):
    """Which customers the Customers page lists: all but the permanently terminated, unless facets say less."""

    q: str = facet("", SEARCH, read=plain, says="{}")
    match: Match = facet(Match.STARTS, "Match", read=one_of(Match), says="")
    fields: frozenset[SearchField] = facet(
        frozenset(SEARCHABLE), "Searched fields", read=one_of(SearchField), says="", many=True
    )
    status: frozenset[Shown] = asking("Status", "status", O.IS_ONE_OF, "{}", read=_status)
    blocked: bool | None = asking("Blocked", "blocked", O.IS, "blocked: {}", write=yes)
    customer_class: frozenset[str] = asking("Customer class", "customer_class", O.IS_ONE_OF, "customer class {}")
    currency: frozenset[str] = asking("Currency", "currency", O.IS_ONE_OF, "in {}")
    control: BalanceControl | None = asking("Balance control", "balance_control", O.IS, "{}")
    overdue_over: int | None = asking("Overdue over", "days_overdue", O.MORE_THAN, "overdue for more than {} days")
    balance_from: Decimal | None = asking("Balance from", "balance", O.AT_LEAST, "balance at least {}", write=short)
    balance_to: Decimal | None = asking("Balance to", "balance", O.AT_MOST, "balance at most {}", write=short)
    limit: Limit | None = facet(None, "Credit limit", read=one_of(Limit), says="{}", word=lambda v: v.label)
    used_from: Decimal | None = asking(
        "Limit used from", "use_of_limit", O.AT_LEAST, "at least {} of the limit used", write=short
    )
    used_below: Decimal | None = asking(
        "Limit used below", "use_of_limit", O.BELOW, "less than {} of the limit used", write=short
    )
    created_from: date | None = asking("Created from", "created", O.FROM, "created from {}")
    created_to: date | None = asking("Created to", "created", O.UNTIL, "created until {}")
    invoices: bool | None = asking("Has invoices", "has_invoices", O.IS, "has invoices: {}", write=yes)
    terminates_before: date | None = asking("Terminates before", "terminates", O.BEFORE, "terminates before {}")
    terminates_within: int | None = asking("Terminates within", "terminates_in", O.AT_MOST, "terminates within {} days")
    lift_ends_within: int | None = asking(
        "Lift ends within", "lift_ends", O.AT_MOST, "the lift of the suspension ends within {} days"
    )
    reseller: frozenset[str] = asking("Reseller", "reseller", O.IS_ONE_OF, "reseller {}")
    country: frozenset[str] = asking("Country", "country", O.IS_ONE_OF, "country {}")

    def where(self, now: Instant) -> list[ColumnElement[bool]]:
        return [live(), *self.where_any_status(now)]

    @property
    def is_by_clock(self) -> bool:
        return is_by_clock(self.conditions)

    def where_any_status(self, now: Instant) -> list[ColumnElement[bool]]:
        """As `where`, with the permanently terminated."""
        return [condition.where(now) for condition in self.conditions]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The same as an expression, which Advanced search shows; the permanently terminated are not left out of it."""
        asked = [
            Condition(*part.asks, tuple(map(part.write, part.each(value))))
            for part, value in self.chosen()
            if part.asks
        ]
        limit = [Condition(_LIMITS[self.limit], O.IS, ("yes",))] if self.limit else []
        return (*asked, *limit, *([self._found()] if self.q else []))

    def _found(self) -> Condition:
        in_words = self.match is Match.STARTS and SearchField.NAME in self.fields
        searched = _SEARCHED.get(self.fields, "+".join(field for field in SearchField if field in self.fields))
        return Condition(searched, O.MATCHES if in_words else _OPERATIONS[self.match], (self.q,))

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
        require(self.conditions, actor)


LISTED = CustomerFilter()  # all but the permanently terminated
