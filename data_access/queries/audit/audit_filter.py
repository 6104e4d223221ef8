"""The filter of the audit log: the address, the sentence and the part of the WHERE that is about commands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, inspect

from data_access.base.clock import Instant, short_day, start_of
from data_access.base.text.labels import command_words
from data_access.base.text.numerals import whole_number
from data_access.domain.field_labels import ENTITIES, field_label
from data_access.models.base import Record
from data_access.models.history import CommandLog
from data_access.search.filter_params import Filter, day, facet, plain
from data_access.store.scope import SCOPES

_SPARED = ("id", "version")


def _starts(on: date) -> datetime:
    return start_of(on, "UTC")


def _number(text: str) -> int:
    return whole_number(text, otherwise="write the number of an entry.")


def _field(text: str) -> str:
    if text not in AUDITED_FIELDS:
        raise ValueError("choose a field from the list.")
    return text


def _audited_fields() -> dict[str, str]:
    """Every field that the audit follows, as `Customer.email`, with its name in words."""
    fields = {}
    for model in (model for model in SCOPES if issubclass(model, Record)):
        own = [column for column in inspect(model).columns if column.key not in _SPARED and not _follows(column)]
        for name in ["*", *(column.key for column in own)]:
            fields[f"{model.__name__}.{name}"] = f"{ENTITIES[model.__name__]}: {field_label(model.__name__, name)}"
    return fields


def _follows(column: object) -> bool:
    """A summary or a folded key: it follows from others, and the audit leaves it out."""
    info, key = getattr(column, "info", {}), getattr(column, "key", "")
    return bool(info.get("summary")) or key.endswith("_key")


AUDITED_FIELDS = _audited_fields()


@dataclass(frozen=True, slots=True)
class AuditFilter(Filter):
    """Which entries of the log: days in UTC, who, about which customer, what kind, which field, one entry alone."""

    since: date | None = facet(
        None, "From", read=day, says="from {}", word=short_day, where=lambda v, _: CommandLog.at >= _starts(v)
    )
    until: date | None = facet(
        None, "To", read=day, says="until {}", word=short_day,
        where=lambda v, _: CommandLog.at < _starts(v + timedelta(days=1)),
    )  # fmt: skip
    who: str = facet("", "Who", read=plain, says="by {}", where=lambda v, _: CommandLog.login == v)
    customer: str = facet("", "Customer ID", read=plain, says="about customer {}", where=None)
    kind: str = facet("", "What", read=plain, says="{}", word=command_words, where=lambda v, _: CommandLog.name == v)
    field: str = facet("", "Field", read=_field, says="{}", word=lambda v: AUDITED_FIELDS[v], where=None)
    number: int | None = facet(None, "Entry", read=_number, says="entry {}", where=lambda v, _: CommandLog.number == v)

    def where(self, now: Instant) -> list[ColumnElement[bool]]:
        """What is asked of the command; customer and field are asked of what it changed."""
        return [facet.where(value, now) for facet, value in self.chosen() if facet.where is not None]

    def describe(self) -> str:
        """The sentence; empty when everything is shown."""
        return ", ".join(facet.says.format(facet.word(value)) for facet, value in self.chosen())


EVERYTHING = AuditFilter()
