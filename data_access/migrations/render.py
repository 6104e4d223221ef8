"""How our column types are written into a migration."""

from typing import Any, Literal

from sqlalchemy import Enum

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.base.text.masking import FreeText


def render_item(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Our own types by name; False leaves the rest to Alembic."""
    if kind == "type" and isinstance(item, Amount):
        context.imports.add("from data_access.base.money import Amount")
        return "Amount()"
    if kind == "type" and isinstance(item, UtcDateTime):
        context.imports.add("from data_access.base.clock import UtcDateTime")
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, FreeText):
        return "sa.Text()" if item.length is None else f"sa.String({item.length})"
    if kind == "type" and isinstance(item, Enum):
        values = ", ".join(repr(value) for value in item.enums)
        options = f"name={item.name!r}, native_enum=False, create_constraint={item.create_constraint}, length=40"
        return f"sa.Enum({values}, {options})"
    return False
