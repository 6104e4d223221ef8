"""Numerals: the only parser of typed whole numbers, and counts of things in words."""

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


def counted(count: int, noun: str, plural: str = "") -> str:
    """1 customer, 3,268 customers."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
