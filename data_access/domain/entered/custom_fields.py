"""Custom fields as declared ones: each definition becomes a field of its kind, with all that follows from that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from data_access.base.money import SCALE
from data_access.base.permissions import Permission as P
from data_access.base.text.numerals import counted
from data_access.base.text.text_keys import fold
from data_access.domain.entered.card_columns import CUSTOM
from data_access.fields.field import Field, FieldKind, Value
from data_access.fields.kinds import AMOUNT, CHOICE, DAY, INSTANT, TEXT
from data_access.fields.section import FieldSection
from data_access.models.card.custom_fields import KEY_LENGTH, LONGEST_TEXT, CustomField, CustomKind, CustomValue

KINDS: Mapping[CustomKind, FieldKind] = {
    CustomKind.TEXT: TEXT, CustomKind.NUMBER: AMOUNT, CustomKind.DATE: DAY, CustomKind.DATE_TIME: INSTANT,
    CustomKind.LIST: CHOICE,
}  # fmt: skip
_BEGINS = "custom_"
_ABOVE_ALL = 10**12  # amounts have at most twelve digits, so none is below its negative
_DIGITS = 19


def name_of(field_id: int) -> str:
    """What the field of a definition is called in forms and commands; it stays when the definition is renamed."""
    return f"{_BEGINS}{field_id}"


def id_of(name: str) -> int:
    return int(name.removeprefix(_BEGINS))


def field_of(definition: CustomField) -> Field:
    """The field that a definition declares."""
    options = [line.strip() for line in definition.choices.splitlines() if line.strip()]
    return Field(
        KINDS[definition.kind],
        definition.name,
        (definition.longest or LONGEST_TEXT) if definition.kind is CustomKind.TEXT else None,
        help=definition.help,
        rule=_rule_of(definition),
        needed=f"Give {definition.name}." if definition.mandatory else "",
        choices={one: one for one in options} or None,
        personal=definition.personal,
        imported_as=f"{CUSTOM}.{definition.name}",
        name=name_of(definition.id),
    )


def _rule_of(definition: CustomField) -> Callable[[Value], Value]:
    """What is asked of a value besides its kind."""
    mask, decimals = definition.written_as, definition.decimals

    def rule(value: Value) -> Value:
        if mask and not fits(mask, value):
            raise ValueError(f"Write it as {mask}: A is a letter, 9 a digit, X either.")
        if decimals is not None and value != value.quantize(Decimal(1).scaleb(-decimals)):
            raise ValueError(f"Give at most {counted(decimals, 'decimal')}." if decimals else "Give a whole number.")
        return value

    return rule


def fits(mask: str, text: str) -> bool:
    """Whether a text is written as a mask says, mark by mark."""
    marks = {"A": str.isalpha, "9": str.isdecimal, "X": str.isalnum}
    same = (marks[sign](mark) if sign in marks else sign == mark for sign, mark in zip(mask, text, strict=False))
    return len(mask) == len(text) and all(same)


def section_of(definitions: Iterable[CustomField]) -> FieldSection:
    """The section that the definitions of a class make."""
    fields = tuple(map(field_of, definitions))
    return FieldSection("custom_fields", CustomValue, "Custom fields", fields, P.CUSTOMER_READ, P.CUSTOMER_EDIT)


def sort_key(kind: CustomKind, value: Value) -> str:
    """A text that sorts as the values of a kind do; blank for none."""
    if value in (None, ""):
        return ""
    match kind:
        case CustomKind.NUMBER:
            return f"{int((value + Decimal(_ABOVE_ALL)).scaleb(SCALE)):0{_DIGITS}d}"
        case CustomKind.DATE:
            return str(value.isoformat())
        case CustomKind.DATE_TIME:
            return str(value.astimezone(UTC).isoformat())
    return fold(str(value))[:KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class Stored:
    """The columns that hold a value of a definition: those of personal data where it is such."""

    value: str
    key: str

    @classmethod
    def of(cls, *, personal: bool) -> "Stored":
        return cls("personal_value", "personal_key") if personal else cls("value", "sort_key")
