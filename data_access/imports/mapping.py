"""The mapping: a TOML file that says, for each field, in which column it stands or which constant it is."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_access.errors import Rejected

_KEYS = {"date_format", "encoding", "delimiter", "sheet", "fields", "customer", "create_customers", "new_class"}
_RULE_KEYS = {"column", "constant", "values", "otherwise"}
_CLASS_KEYS = {"name", "business_model", "net_days", "currency"}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where one field comes from. `values` translates; what it does not name becomes `otherwise`, or is refused."""

    column: str | None = None
    constant: str = ""
    values: Mapping[str, str] | None = None
    otherwise: str | None = None

    def read(self, cells: Mapping[str, str]) -> str:
        """The field's text; ValueError if the mapping has no translation for it."""
        if self.column is None:
            return self.constant
        text = cells[self.column].strip()
        if self.values is None:
            return text
        translated = self.values.get(text, self.otherwise)
        if translated is None:
            raise ValueError(f"The mapping has no translation for “{text[:60]}”.")
        return translated


@dataclass(frozen=True, slots=True)
class NewClass:
    """The customer class that is made if there is none of its name."""

    name: str
    business_model: str
    net_days: int
    currency: str | None


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A mapping that was read. `customer` tells how a customer is made out of a row of another kind."""

    text: str
    fields: Mapping[str, FieldRule]
    customer: Mapping[str, FieldRule] = field(default_factory=dict)
    create_customers: bool = False
    new_class: NewClass | None = None
    date_format: str = "%Y-%m-%d"
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    sheet: str | None = None

    def columns(self) -> set[str]:
        """Every column that the file has to have."""
        rules = (*self.fields.values(), *self.customer.values())
        return {rule.column for rule in rules if rule.column is not None}


def read_mapping(
    path: Path, allowed: Collection[str], *, required: Collection[str], of_customer: Collection[str] = ()
) -> FileMapping:
    """The mapping of a file; Rejected with a sentence about what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        told = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as wrong:
        raise Rejected(f"The mapping {path.name} cannot be read: it is missing, or no text.") from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise Rejected(f"The mapping {path.name} is no TOML: {wrong}.") from wrong
    _refuse_unknown(told, _KEYS, "the mapping")
    fields = _rules(told.get("fields", {}), allowed)
    missing = sorted(set(required) - set(fields))
    if missing:
        raise Rejected(f"The mapping does not say where {', '.join(missing)} comes from.")
    chosen: dict[str, str] = {
        name: told[name] for name in ("date_format", "encoding", "delimiter", "sheet") if name in told
    }
    _refuse_other_than_text(chosen)
    return FileMapping(
        text=text,
        fields=fields,
        customer=_rules(told.get("customer", {}), of_customer),
        create_customers=told.get("create_customers", False) is True,
        new_class=_new_class(told["new_class"]) if "new_class" in told else None,
        **chosen,
    )


def _rules(told: Mapping[str, Any], allowed: Collection[str]) -> dict[str, FieldRule]:
    _refuse_unknown(told, allowed, "the mapping's fields")
    return {name: _rule(name, rule) for name, rule in told.items()}


def _rule(name: str, told: Any) -> FieldRule:
    if not isinstance(told, dict) or ("column" in told) == ("constant" in told):
        raise Rejected(f"The mapping must give {name} either a column or a constant.")
    _refuse_unknown(told, _RULE_KEYS, name)
    _refuse_other_than_text({key: value for key, value in told.items() if key != "values"})
    _refuse_other_than_text(told.get("values", {}))
    return FieldRule(**told)


def _new_class(told: Mapping[str, Any]) -> NewClass:
    _refuse_unknown(told, _CLASS_KEYS, "new_class")
    if not isinstance(told.get("net_days"), int) or told["net_days"] < 0 or not str(told.get("name", "")).strip():
        raise Rejected("The mapping's new_class needs a name and net_days of 0 or more.")
    return NewClass(told["name"], told.get("business_model", "Imported"), told["net_days"], told.get("currency"))


def _refuse_unknown(told: Mapping[str, Any], known: Collection[str], where: str) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise Rejected(f"“{unknown[0]}” is unknown in {where}. Known are: {', '.join(sorted(known))}.")


def _refuse_other_than_text(told: Mapping[str, Any]) -> None:
    wrong = [key for key, value in told.items() if not isinstance(value, str)]
    if wrong:
        raise Rejected(f"The mapping must give “{wrong[0]}” as a text in quotes.")
