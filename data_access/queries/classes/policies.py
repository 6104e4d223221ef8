"""Customer classes with their terms, version by version, and the holidays of the company."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Select, or_

from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.domain.collections.policy import Policy, policy_of
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Holiday, Section
from data_access.queries.lists.counts import live_customers_by
from data_access.search.text_match import Match, loosely
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class ClassRow:
    """`customers`: those that the actor may see, not permanently terminated. `policy`: that of regular invoices."""

    class_id: int
    name: str
    business_model: str
    currency: str | None
    customers: int
    window_days: int
    policy: Policy


@dataclass(frozen=True, slots=True)
class Version:
    """The terms of one kind of invoices from a moment on. `login`: who set them."""

    section: Section
    number: int
    at: datetime
    login: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class ClassTerms:
    """A class. `typed`: its parameters as one would type them; `current`: the present terms; `versions`: newest first.

    `version` is that of the class itself, which its edit hands in; that of the terms stands in `current`.
    """

    class_id: int
    version: int
    name: str
    business_model: str
    currency: str | None
    is_default: bool
    typed: dict[str, str]
    current: dict[Section, Version]
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Classes(Query[tuple[ClassRow, ...]]):
    """The customer classes whose name, business model or description holds a text, by name, each with its customers."""

    needs: ClassVar = Permission.CLASS_READ
    text: str = ""

    def run(self, reader: Reader) -> tuple[ClassRow, ...]:
        of_class = live_customers_by(reader, "customer_class_id")
        current = _current_terms(reader)
        classes = reader.session.scalars(self._found(reader).order_by(CustomerClass.name_key, CustomerClass.id))
        return tuple(
            ClassRow(
                row.id, row.name, row.business_model, row.currency, of_class.get(row.id, 0),
                row.reactivation_window_days, current[row.id],
            )
            for row in classes
        )  # fmt: skip

    def _found(self, reader: Reader) -> Select[CustomerClass]:
        there = visible(CustomerClass, reader.actor).where(CustomerClass.removed_at.is_(None))
        if not self.text.strip():
            return there
        texts = (CustomerClass.name, CustomerClass.business_model, CustomerClass.description)
        return there.where(or_(*(loosely(column.expression, Match.CONTAINS, self.text) for column in texts)))


def _current_terms(reader: Reader) -> dict[int, Policy]:
    """The present terms of regular invoices, by class."""
    held = visible(CollectionPolicy, reader.actor).where(
        CollectionPolicy.section == Section.REGULAR, CollectionPolicy.in_force(reader.now)
    )
    return {row.customer_class_id: policy_of(row) for row in reader.session.scalars(held)}


@dataclass(frozen=True)
class ClassPolicies(Query[ClassTerms]):
    """One class with its present terms for both kinds of invoices, and every version there was."""

    needs: ClassVar = Permission.CLASS_READ
    class_id: int

    def run(self, reader: Reader) -> ClassTerms:
        query = visible(CustomerClass, reader.actor).where(
            CustomerClass.id == self.class_id, CustomerClass.removed_at.is_(None)
        )
        of_class = reader.session.scalars(query).one_or_none()
        if of_class is None:
            raise NotFound("The customer class")
        versions = _versions(reader, self.class_id)
        return ClassTerms(
            class_id=of_class.id,
            version=of_class.version,
            name=of_class.name,
            business_model=of_class.business_model,
            currency=of_class.currency,
            is_default=of_class.is_default,
            typed=CUSTOMER_CLASS.shown(of_class, reader.actor),
            current={one.section: one for one in reversed(versions)},
            versions=versions,
        )


def _versions(reader: Reader, class_id: int) -> tuple[Version, ...]:
    query = visible(CollectionPolicy, reader.actor).where(CollectionPolicy.customer_class_id == class_id)
    rows = reader.session.scalars(
        query.order_by(CollectionPolicy.number.desc(), CollectionPolicy.id.desc()).limit(_VERSIONS)
    )
    return tuple(Version(row.section, row.number, row.at, row.login, policy_of(row)) for row in rows)


@dataclass(frozen=True, slots=True)
class HolidayRow:
    holiday_id: int
    day: date
    name: str


@dataclass(frozen=True)
class Holidays(Query[tuple[HolidayRow, ...]]):
    """The days on which the company does not work, from a day on, in order of time."""

    needs: ClassVar = Permission.CLASS_READ
    from_day: date
    limit: int = 400

    def run(self, reader: Reader) -> tuple[HolidayRow, ...]:
        query = visible(Holiday, reader.actor).where(Holiday.removed_at.is_(None), Holiday.day >= self.from_day)
        columns = (Holiday.id, Holiday.day, Holiday.name)
        rows = reader.session.execute(query.with_only_columns(*columns).order_by(Holiday.day).limit(self.limit))
        return tuple(HolidayRow(row.id, row.day, row.name) for row in rows)
