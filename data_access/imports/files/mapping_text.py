"""A mapping written from what was chosen on a page: TOML, as the command line takes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HowWritten:
    """How a file writes its days and amounts, and what a blank cell means; as in the top of a mapping."""

    date_format: str = "%Y-%m-%d"
    decimal: str = "."
    thousands: str = ""
    blank: str = "keep"
    delimiter: str = ","
    encoding: str = "utf-8-sig"


_USUAL = HowWritten()


def mapping_text(columns: Mapping[str, str], constants: Mapping[str, str], how: HowWritten) -> str:
    """The text of a mapping: each field with its column, or with what holds for every row."""
    top = [
        f"{name} = {_quoted(getattr(how, name))}"
        for name in how.__dataclass_fields__
        if getattr(how, name) != getattr(_USUAL, name)
    ]
    fields = [f"{_quoted(name)} = {{ column = {_quoted(column)} }}" for name, column in columns.items()]
    fields += [f"{_quoted(name)} = {{ constant = {_quoted(text)} }}" for name, text in constants.items()]
    return "\n".join([*top, *([""] if top else []), "[fields]", *fields, ""])


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
