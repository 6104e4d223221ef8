"""Numerals: the one reader of whole numbers, wherever somebody typed them: an address, a cursor, a form, an option."""

LARGEST_ID = 2**31 - 1  # as wide as both databases keep an id


def whole_number(text: str, lowest: int = 0, highest: int = LARGEST_ID, *, otherwise: str = "") -> int:
    """What ASCII digits say, with blanks around and zeros before them; ValueError for anything else or out of bounds.

    The digits are counted before they are read: a long row of them takes long, and Python refuses a longer one.
    """
    digits = text.strip()
    counted = digits.lstrip("0") or digits[-1:]
    if digits.isascii() and digits.isdigit() and len(counted) <= len(f"{highest}"):
        number = int(counted)
        if lowest <= number <= highest:
            return number
    raise ValueError(otherwise or f"Give a whole number from {lowest} to {highest}.")
