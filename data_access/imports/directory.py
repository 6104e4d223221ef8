"""The directory of an import: classes and resellers by their names, and those that the file may have made."""

from dataclasses import dataclass, replace
from typing import Any

from data_access.base.permissions import Permission as P
from data_access.base.text.text_keys import fold, is_same_code
from data_access.domain.collections.policy import Policy, first_versions
from data_access.domain.validation import ClassRule
from data_access.imports.files.mapping import FileMapping, NewClass
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.people import Reseller
from data_access.store.bulk import BulkLoad

_USUAL_DELAY = 6
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownClass:
    """What a class asks of its customers, the days that it gives them to pay, and the policies that say so."""

    id: int
    rule: ClassRule
    net_days: int
    policy_ids: dict[Section, int]
    closing_delay_hours: int
    business_model: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Classes and resellers that the actor may use, by folded name, and the classes that may be made."""

    load: BulkLoad
    classes: dict[str, KnownClass]
    resellers: dict[str, tuple[int, str]]
    new_classes: tuple[NewClass, ...]
    makes_resellers: bool = False
    date_format: str = "%Y-%m-%d"

    def terms(self, name: str, of_row: NewClass | None) -> KnownClass | None:
        """Those of the class of this name, here or to be made (id 0), as the row itself says or the mapping."""
        found = self.classes.get(fold(name))
        if found is not None:
            return found
        named = (*self.new_classes, *([of_row] if of_row and name else []))
        return next((_to_be_made(one, name) for one in named if fold(one.name or name) == fold(name)), None)

    def terms_of(self, class_id: int) -> KnownClass | None:
        return next((terms for terms in self.classes.values() if terms.id == class_id), None)

    def made(self, terms: KnownClass) -> KnownClass:
        """The class, made if it was only to be made."""
        if terms.id:
            return terms
        return self.classes.setdefault(fold(terms.rule.name), _make(self.load, terms))

    def reseller_id(self, name: str) -> int | None:
        """That of the reseller of this name, made if the mapping says so; the actor's own where none is told."""
        if not name:
            return self.load.actor.reseller_id
        if self.makes_resellers and fold(name) not in self.resellers:
            row: Values = {"name": name, "name_key": fold(name)}
            self.load.insert(Reseller, [row])
            self.resellers[fold(name)] = row["id"], name
        return self.resellers[fold(name)][0]

    def unknown(self, name: str, terms: KnownClass | None, reseller: str) -> dict[str, str]:
        """Complaints about names that mean no class and no reseller."""
        found = {}
        actor = self.load.actor
        if terms is None:
            found["customer_class"] = "There is no customer class with this name."
        elif not terms.id and not actor.may(P.CLASS_EDIT):
            makes = actor.who_can(P.CLASS_EDIT)
            found["customer_class"] = f"There is no customer class with this name. {makes.capitalize()} can make one."
        elif name and not is_same_code(name, terms.rule.name):
            found["customer_class"] = f"There is no customer class with this name; one is called “{terms.rule.name}”."
        _, called = self.resellers.get(fold(reseller), (0, ""))
        if reseller and not called and (not self.makes_resellers or actor.reseller_id is not None):
            found["reseller"] = "There is no reseller with this name."
        elif called and not is_same_code(reseller, called):
            found["reseller"] = f"There is no reseller with this name; one is called “{called}”."
        return found


def directory(load: BulkLoad, mapping: FileMapping) -> Directory:
    """What stands in the database now, and what the mapping would have made."""
    of_class, policy = CustomerClass, CollectionPolicy
    held = load.select(policy).where(policy.in_force(load.now))
    columns = (policy.customer_class_id, policy.section, policy.id, policy.net_days)
    rows = load.connection.execute(held.with_only_columns(*columns))
    standing = {(row.customer_class_id, row.section): row for row in rows}
    query = load.select(of_class).with_only_columns(
        of_class.id, of_class.name, of_class.name_key, of_class.currency, of_class.closing_delay_hours,
        of_class.business_model,
    )  # fmt: skip
    classes = {
        row.name_key: KnownClass(
            row.id, ClassRule(row.name, row.currency), standing[row.id, Section.REGULAR].net_days,
            {section: standing[row.id, section].id for section in Section}, row.closing_delay_hours, row.business_model,
        )
        for row in load.connection.execute(query.order_by(of_class.id))
    }  # fmt: skip
    resellers = load.select(Reseller).with_only_columns(Reseller.name_key, Reseller.id, Reseller.name)
    by_name = {row.name_key: (row.id, row.name) for row in load.connection.execute(resellers)}
    return Directory(load, classes, by_name, mapping.new_classes, mapping.create_resellers, mapping.date_format)


def _to_be_made(wanted: NewClass, name: str) -> KnownClass:
    rule = ClassRule(wanted.name or name, wanted.currency)
    return KnownClass(0, rule, wanted.net_days, {}, _USUAL_DELAY, wanted.business_model)


def _make(load: BulkLoad, wanted: KnownClass) -> KnownClass:
    row: Values = {
        "name": wanted.rule.name, "name_key": fold(wanted.rule.name), "business_model": wanted.business_model,
        "currency": wanted.rule.currency, "closing_delay_hours": _USUAL_DELAY,
    }  # fmt: skip
    load.insert(CustomerClass, [row])
    policies = first_versions(
        row["id"], Policy(net_days=wanted.net_days),
        command_id=load.order.command_id, at=load.now, login=load.actor.login,
    )  # fmt: skip
    load.insert(CollectionPolicy, policies)
    return replace(wanted, id=row["id"], policy_ids={policy["section"]: policy["id"] for policy in policies})
