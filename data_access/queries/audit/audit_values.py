"""Recorded values: what the audit stores as text, in the words of the screen."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Boolean, Date, inspect
from sqlalchemy import Enum as SqlEnum

from data_access.base.bookings import BOOKINGS
from data_access.base.clock import UtcDateTime, short_day, short_moment
from data_access.base.money import Amount
from data_access.base.permissions import Permission
from data_access.base.text.labels import country_name, word
from data_access.base.text.masking import FreeText, mask
from data_access.domain.field_labels import WHOLE_RECORD, field_label
from data_access.domain.moves import MOVES
from data_access.domain.references import REFERRED, Referred
from data_access.domain.sections import declared_field
from data_access.fields.section import UNSEEN
from data_access.models.base import Base
from data_access.models.cards import CardPayment, PaymentMethod
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove
from data_access.models.money import Invoice, Transaction
from data_access.models.people import Person
from data_access.store.access import Reader
from data_access.store.scope import SCOPES, visible

Recorded = tuple[str, str, str | None]  # entity, field, value
_MODELS: dict[str, type[Base]] = {model.__name__: model for model in SCOPES}
_ALSO_CALLED = (
    Referred(Customer, "customer_code"), Referred(Invoice, "number"), Referred(Person, "login"),
    Referred(PaymentMethod, "last_four"), Referred(Transaction, "kind"), Referred(CardPayment, "amount"),
)  # fmt: skip


class AuditWords:
    """Reads recorded values aloud. What they refer to is looked up once, for all of them together."""

    def __init__(self, reader: Reader, recorded: Collection[Recorded]) -> None:
        self._hides = not reader.actor.may(Permission.PERSONAL_READ)
        flat = [part for one in recorded for part in _parts(one)]
        wanted: defaultdict[Referred, set[int]] = defaultdict(set)
        for entity, field, value in flat:
            if value and (referred := _referred(entity, field)):
                wanted[referred].add(int(value))
        self._names = {referred: _names(reader, referred, ids) for referred, ids in wanted.items()}

    def of(self, recorded: Recorded, hide: Callable[[str], str] = str) -> str:
        """The value in words, empty for none; a whole record as its fields. `hide` masks what is personal."""
        entity, field, _ = recorded
        if field != WHOLE_RECORD:
            return hide(self._one(recorded))
        parts = ((part, hide(self._one(part))) for part in _parts(recorded))
        return "; ".join(f"{field_label(entity, part[1])}: {said}" for part, said in parts)

    def _one(self, recorded: Recorded) -> str:
        entity, field, value = recorded
        if value is None:
            return ""
        if referred := _referred(entity, field):
            return self._names[referred].get(value, UNSEEN)
        if self._hides and isinstance(inspect(_MODELS[entity]).columns[field].type, FreeText):
            return mask(value)
        say = _SAYINGS.get((entity, field)) or _declared(entity, field) or _by_type(entity, field)
        return say(value)


def _parts(recorded: Recorded) -> list[Recorded]:
    entity, field, value = recorded
    if field != WHOLE_RECORD:
        return [recorded]
    fields: Mapping[str, str] = json.loads(value or "{}")
    return [(entity, name, said) for name, said in fields.items()]


def _referred(entity: str, field: str) -> Referred | None:
    """What the values of a field refer to, if they do."""
    if field == WHOLE_RECORD:
        return None
    declared = declared_field(entity, field)
    if declared is not None and declared.refers_to in REFERRED:
        return REFERRED[declared.refers_to]
    to = {key.column.table for key in inspect(_MODELS[entity]).columns[field].foreign_keys}
    return next((one for one in (*REFERRED.values(), *_ALSO_CALLED) if one.model.__table__ in to), None)


def _names(reader: Reader, referred: Referred, ids: set[int]) -> dict[str, str]:
    model = referred.model
    rows = visible(model, reader.actor).where(model.id.in_(ids)).with_only_columns(model.id, referred.called)
    says = _CALLS.get(model.__name__, str)
    return {str(key): says(said) for key, said in reader.session.execute(rows)}


def _declared(entity: str, field: str) -> Callable[[str], str] | None:
    """As the field says its values, where they are texts; others were recorded by the type of their column."""
    found = declared_field(entity, field)
    return found.said if found is not None and (found.kind.typed is str or found.choices) else None


def _by_type(entity: str, field: str) -> Callable[[str], str]:
    kind = inspect(_MODELS[entity]).columns[field].type
    if isinstance(kind, SqlEnum) and kind.enum_class is not None:
        choices: Any = kind.enum_class
        return lambda value: word(choices(value))
    return next((say for sql_type, say in _TYPES.items() if isinstance(kind, sql_type)), str)


def _amount(value: str) -> str:
    try:
        return f"{Decimal(value).normalize() + 0:,f}"
    except InvalidOperation:
        return value


def _day(value: str) -> str:
    return short_day(date.fromisoformat(value))


def _moment(value: str) -> str:
    return f"{short_moment(datetime.fromisoformat(value).replace(tzinfo=UTC), 'UTC')} UTC"


def _yes_or_no(value: str) -> str:
    return "Yes" if value == "True" else "No"


def _grants(value: str) -> str:
    return ", ".join(right.label for right in Permission if right.value in value.split())


_TYPES: dict[type, Callable[[str], str]] = {
    Amount: _amount,
    UtcDateTime: _moment,
    Date: _day,
    Boolean: _yes_or_no,
}
_SAYINGS: dict[tuple[str, str], Callable[[str], str]] = {
    ("Did", "country"): country_name,
    (PlannedMove.__name__, "move"): lambda value: MOVES[value].label,
    ("Person", "extra_grants"): _grants,
}
_CALLS: dict[str, Callable[[Any], str]] = {  # where what a record is called by is no text
    Transaction.__name__: lambda kind: BOOKINGS[kind].label,
    PaymentMethod.__name__: lambda last_four: f"ending in {last_four}",
    CardPayment.__name__: lambda amount: _amount(str(amount)),
}
