"""The subcommand `fields`: a page that lists every declared field, generated from the declarations alone."""

from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.permissions import who_can
from data_access.cli.calls import DONE, verb
from data_access.domain.entered.card_columns import CARD_COLUMNS, ROW_COLUMNS
from data_access.domain.sections import SECTIONS
from data_access.fields.field import Field
from data_access.fields.section import FieldSection


def add_verb(verbs: Any) -> None:
    verb(verbs.add_parser("fields", help="list every declared field, in Markdown"), _fields)


def _fields(_chosen: Namespace, _engine: Engine, _clock: Clock) -> int:
    print("\n".join(page(SECTIONS.values())))
    return DONE


def page(sections: Iterable[FieldSection]) -> Iterator[str]:
    """A table a section, a row a field."""
    for section in sections:
        yield f"## {section.title}\n\nSeen by {who_can(section.sees)}; changed by {who_can(section.changes)}.\n"
        yield "| field | label | kind | what it takes | personal | in files |\n|---|---|---|---|---|---|"
        yield from (_row(section, field) for field in section)
        yield ""


def _row(section: FieldSection, field: Field) -> str:
    cells = (f"`{field.name}`", field.label, field.kind.name, _takes(section, field), "yes" if field.personal else "",
             f"`{_in_files(section, field)}`")  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _in_files(section: FieldSection, field: Field) -> str:
    """What it is called in files; with its section where it stands beside customers."""
    key = f"{section.name}.{field.in_files}"
    return key if key in CARD_COLUMNS or key in ROW_COLUMNS else field.in_files


def _takes(section: FieldSection, field: Field) -> str:
    longest = f"At most {field.most:,}." if field.most is not None else ""
    applies = f"Only with a certain {field.shown_when.field.replace('_', ' ')}." if field.shown_when else ""
    inherits = f"Blank: as `{field.inherits}` of the {section.left_to}." if field.inherits else ""
    who = f"Changed by {who_can(field.right)}." if field.right else ""
    told = f"A change tells {field.event.label}." if field.event else ""
    return " ".join(filter(None, (field.needed, longest, field.help, applies, inherits, who, told, field.fixed)))
