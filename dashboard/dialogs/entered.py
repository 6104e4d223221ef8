"""What was entered in a form, read: a sum, a whole number, a day. Invalid, at its field, for what is none."""

from datetime import date
from decimal import Decimal

from dashboard.forms import Form
from data_access.errors import Invalid
from data_access.money import read_amount


def amount(form: Form, field: str = "amount", start: str = "") -> Decimal:
    """A sum of money, as it was before it was touched; the command judges its sign and its decimals."""
    try:
        return read_amount(form.typed.get(field, start))
    except ValueError as wrong:
        raise Invalid({field: f"{wrong}"}) from wrong


def whole(form: Form, field: str, start: int) -> int:
    """A whole number, as it was before it was touched."""
    text = form.typed.get(field, str(start)).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid({field: "Give a whole number, such as 100."})
    return int(text)


def chosen(form: Form, field: str, sentence: str, start: str = "") -> int:
    """The id of what was chosen in a list, as it was before it was touched."""
    text = form.typed.get(field, start)
    if not text:
        raise Invalid({field: sentence})
    return int(text)


def day(form: Form, field: str, start: date) -> date:
    """A day, as it was before it was touched."""
    return date.fromisoformat(form.typed.get(field) or start.isoformat())
