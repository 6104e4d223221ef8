"""Money: exact decimals of scale five on both databases, currencies with their own decimals."""

import re
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any, NoReturn

from babel.numbers import get_currency_precision
from sqlalchemy import BigInteger, ColumnElement, Dialect, Float, Numeric, TypeDecorator, cast, func

from data_access.base.errors import Rejected

SCALE = 5
ZERO = Decimal(0)
BEYOND = Decimal(10) ** 12
_FINEST = Decimal(1).scaleb(-SCALE)
CURRENCIES = ("AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "JPY", "KWD", "NOK", "PLN", "SEK", "TWD", "USD")


class Amount(TypeDecorator[Decimal]):
    """Decimal of scale five: NUMERIC(18, 5), or a scaled integer where the database has no decimals.

    Refuses what it would have to round: TypeError for a float or int, ValueError for a sixth decimal.
    """

    impl = Numeric(18, SCALE)
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[Decimal]):
        """Multiplying or dividing scaled integers goes wrong in silence, so it raises."""

        def __truediv__(self, other: Any) -> NoReturn:
            raise TypeError("divide amounts with ratio(): a scaled integer divides wrongly")

        __mul__ = __rmul__ = __rtruediv__ = __truediv__

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(18, SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return to_scaled(value) if dialect.name == "sqlite" else exact(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-SCALE) if dialect.name == "sqlite" else Decimal(value)


def exact(value: Decimal) -> Decimal:
    """The same value at scale five; TypeError if it is no Decimal, ValueError if it would be rounded."""
    if not isinstance(value, Decimal):
        raise TypeError(f"money must be Decimal, not {type(value).__name__}")
    if not value.is_finite() or abs(value) >= BEYOND:
        raise ValueError(f"{value} is not an amount that can be stored")
    fixed = value.quantize(_FINEST)
    if fixed != value:
        raise ValueError(f"{value} has more than {SCALE} decimals")
    return fixed


def to_scaled(value: Decimal) -> int:
    """The integer that SQLite keeps for an amount: hundred-thousandths."""
    return int(exact(value).scaleb(SCALE))


def decimals_of(currency: str) -> int:
    """How many decimals cash has in a currency: 2 for EUR, 0 for JPY, 3 for KWD (source: CLDR)."""
    return int(get_currency_precision(currency))


def smallest(currency: str) -> Decimal:
    """The smallest amount that can be paid in a currency."""
    return Decimal(1).scaleb(-decimals_of(currency))


MOST_DECIMALS = max(map(decimals_of, CURRENCIES))


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """The amount at the currency's own number of decimals; TypeError if it is no Decimal."""
    if not isinstance(amount, Decimal):
        raise TypeError(f"money must be Decimal, not {type(amount).__name__}")
    return amount.quantize(smallest(currency), ROUND_HALF_UP) + 0


def exact_money(amount: Decimal, currency: str) -> str:
    """Money in words: `1,240.50 EUR`, every decimal it has, never fewer than its currency: a ledger hides nothing."""
    shown = in_currency(amount, currency)
    return f"{shown if shown == amount else amount.normalize():,f} {currency}"


def to_be_paid(amount: Decimal, currency: str) -> Decimal:
    """The least amount that can be paid in a currency and is not below."""
    return amount.quantize(smallest(currency), ROUND_UP)


def positive(value: Decimal) -> Decimal:
    """The amount at scale five, if it is one above zero that can be stored; Rejected if not."""
    if not value.is_finite():
        raise Rejected(f"{value} is not an amount: write digits and a decimal point, such as 1234.56.")
    if value <= 0:
        raise Rejected("The amount must be above zero; the transaction gives the direction.")
    try:
        return exact(value)
    except ValueError as wrong:
        raise Rejected(f"The amount cannot be stored: at most twelve digits and {SCALE} decimals.") from wrong


def cash(value: Decimal, currency: str) -> Decimal:
    """The amount, if it can be paid in this currency; Rejected if it is not above zero or has too many decimals."""
    amount, places = positive(value), decimals_of(currency)
    if amount != amount.quantize(Decimal(1).scaleb(-places)):
        raise Rejected(f"{currency} has {places or 'no'} decimals; {value.normalize():f} has more.")
    return amount


def read_amount(text: str) -> Decimal:
    """A finite Decimal from digits with a decimal point, or with a comma that can be nothing else.

    ValueError for anything else. A comma is one of thousands to one reader and of decimals to another: where it could
    be both, the sentence names both sums.
    """
    cleaned = text.strip()
    if _PLAIN_COMMA.fullmatch(cleaned):
        cleaned = cleaned.replace(",", ".")
    elif _TWO_READINGS.fullmatch(cleaned):
        one, other = _readings(cleaned)
        raise ValueError(f"“{cleaned}” can be read as {one} or as {other}: write it like one of these.")
    if not _PLAIN_POINT.fullmatch(cleaned):
        raise ValueError(f"“{cleaned}” is not an amount: write digits and a decimal point, such as 1234.56.")
    try:
        return exact(Decimal(cleaned))
    except ValueError as wrong:
        raise ValueError(f"“{cleaned}” cannot be stored: at most twelve digits and {SCALE} decimals.") from wrong


def read_cash(text: str, currency: str) -> Decimal:
    """As `read_amount`; of two sums that the text can be, the one that can be paid in this currency, if one alone can.

    So a sum can be typed as this product shows it: `1,500` is 1500 JPY, `1,240.50` is 1240.50 EUR.
    """
    cleaned = text.strip()
    if _IN_THOUSANDS.fullmatch(cleaned):
        readings = [one for one in _readings(cleaned) if len(one.partition(".")[2]) <= decimals_of(currency)]
        if len(readings) == 1:
            return read_amount(readings[0])
    return read_amount(cleaned)


_PLAIN_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_PLAIN_COMMA = re.compile(r"[+-]?\d*,(?!\d{3}$)\d+", re.ASCII)
_IN_THOUSANDS = re.compile(r"[1-9]\d{0,2}((,\d{3})+(\.\d+)?|(\.\d{3})+,\d+)", re.ASCII)
_TWO_READINGS = re.compile(r"[+-]?\d+(,\d+)+(\.\d+)?|[+-]?\d+(\.\d+)+,\d+", re.ASCII)


def _readings(text: str) -> tuple[str, str]:
    """The last mark as the one of decimals; and the other way to take it."""
    whole, mark, part = re.split(r"([.,])(?=\d+$)", text)
    last = f"{re.sub('[.,]', '', whole)}.{part}"
    first, _, rest = re.sub("[.,]", " ", text).partition(" ")
    is_mixed = {".", ","} <= set(text)
    return last, f"{first}.{rest.replace(' ', '')}" if is_mixed else re.sub(mark, "", text)


def ratio(part: ColumnElement[Any], whole: ColumnElement[Any]) -> ColumnElement[Any]:
    """How much of the whole the part is, as a float; NULL where there is no whole."""
    return cast(part, Float) / cast(func.nullif(whole, ZERO), Float)
