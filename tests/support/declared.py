"""Texts that fit a declared field, and texts that do not, by its kind."""

from hypothesis import strategies as st

from data_access.fields.field import Field

Texts = st.SearchStrategy[str]
_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))
_AMOUNTS = st.decimals(0, 10**6, places=5).map(lambda amount: f"{amount:f}")
EXAMPLES = {
    "format of days": "DD.MM.YYYY", "format of times": "HH24:MI", "what is dialled": "*7",
    "web address": "https://switch.example.org/events",
    "text": "Ö'x <b>", "code": "C-7", "digits": "4915", "lines": "one\ntwo", "phone": "+49 30 123456",
    "international number": "49301234567", "short number": "112",
    "e-mails": "ann@example.com, bob@example.org", "e-mail": "ann@example.com",
    "country": "DE", "whole number": "7", "amount": "12.5",
    "per cent": "12.5", "day": "2026-03-16", "instant": "2026-03-16T12:00:00+00:00", "currency": "EUR",
    "time zone": "Europe/Berlin", "one of the records": "1", "yes or no": "yes", "yes, no or as class": "no",
}  # fmt: skip
REFUSED = {
    "format of days": "DD", "format of times": "DD", "what is dialled": "abc",
    "web address": "https:// here",
    "phone": "call me", "digits": "+49", "e-mails": "nobody", "e-mail": "a@example.com, b@example.com",
    "international number": "030 1234567", "short number": "1 12",
    "country": "Germany", "whole number": "1.5", "amount": "much",
    "per cent": "half", "day": "9999-12-31", "instant": "noon", "currency": "XXX", "time zone": "Mars/Olympus",
    "one of the records": "one", "yes or no": "perhaps", "yes, no or as class": "perhaps", "choice": "none of them",
    "several of a list": "this that", "several of a list, by its order": "this that", "list of rows": "?",
}  # fmt: skip
OF_THEIR_OWN = {"choice", "several of a list", "several of a list, by its order", "list of rows"}


def example(field: Field) -> str:
    """One text that a field takes."""
    if field.choices or (field.options and field.kind.name in OF_THEIR_OWN):
        offered = field.options if field.offers is None else field.offers({})
        return [value for value in field.options if value in offered][-1]
    if field.rows is not None:
        return field.rows.join([[example(column) for column in field.rows.columns]])
    if field.kind.name == "whole number" and field.most is not None:
        return str(min(7, field.most))
    return EXAMPLES[field.kind.name][: field.most if field.is_text else None]


def texts(field: Field) -> Texts:
    """Any text that is worth trying on a field."""
    tried = {
        "amount": _AMOUNTS, "per cent": _AMOUNTS, "day": st.dates().map(str),
        "whole number": st.integers(0, 10**6).map(str),
    }  # fmt: skip
    chosen = st.sampled_from([*field.options, ""])
    return st.one_of(
        st.text(_LETTERS, max_size=20), st.just(example(field)), chosen, tried.get(field.kind.name, st.just(""))
    )
