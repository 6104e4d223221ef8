"""Parsing of form input: an amount, a whole number, a date. Anything else is Invalid, at its field."""

from datetime import date
from decimal import Decimal

from dashboard.kit.forms.forms import Form
from data_access.base.errors import Invalid
from data_access.base.money import read_amount, read_cash
from data_access.base.text.numerals import whole_number


def amount(form: Form, field: str = "amount", start: str = "") -> Decimal:
    """A sum of money, as it was before it was touched; the command judges its sign and its decimals."""
    try:
        return read_amount(form.typed.get(field, start))
    except ValueError as wrong:
        raise Invalid({field: f"{wrong}"}) from wrong


def cash(form: Form, currency: str, field: str = "amount") -> Decimal:
    """The same of money that can be paid in this currency: thousands may be marked as the pages show them."""
    try:
        return read_cash(form.typed.get(field, ""), currency)
    except ValueError as wrong:
        raise Invalid({field: f"{wrong}"}) from wrong


def whole(form: Form, field: str, start: int | str) -> int:
    """A whole number, as it was before it was touched."""
    try:
        return whole_number(form.typed.get(field, str(start)), otherwise="Give a whole number, such as 100.")
    except ValueError as wrong:
        raise Invalid({field: f"{wrong}"}) from wrong


def chosen(form: Form, field: str, sentence: str, start: str = "") -> int:
    """The id of what was chosen in a list, as it was before it was touched."""
    try:
        return whole_number(form.typed.get(field, start), otherwise=sentence)
    except ValueError as wrong:
        raise Invalid({field: sentence}) from wrong


def day(form: Form, field: str, start: date) -> date:
    """A day, as it was before it was touched."""
    return date.fromisoformat(form.typed.get(field) or start.isoformat())
