"""Folded text: what search, uniqueness and order compare, alike on both databases."""

import unicodedata


def fold(text: str) -> str:
    """Without accents, case or outer and repeated blanks: `" Café  Lindgren"` becomes `"cafe lindgren"`."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(plain.casefold().split())


def fold_phone(text: str) -> str:
    """The digits alone: `"+49 (30) 123-45"` becomes `"493012345"`."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", text) if mark.isdecimal())


def display_name(*, company_name: str, first_name: str, last_name: str, customer_code: str) -> str:
    """What a customer is called: the company, else the person, else the Customer ID."""
    return company_name.strip() or f"{first_name} {last_name}".strip() or customer_code
