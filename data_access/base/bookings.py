"""Balance transactions: one table of kinds that determines the sign, the permissions and the effect on invoices."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from data_access.base.permissions import Permission as P


class Kind(StrEnum):
    """Every way in which a balance can move."""

    MANUAL_CHARGE = "manual_charge"
    MANUAL_CREDIT = "manual_credit"
    PROMOTIONAL_CREDIT = "promotional_credit"
    MANUAL_PAYMENT = "manual_payment"
    REFUND = "refund"
    OPENING_DEBT = "opening_debt"
    OPENING_CREDIT = "opening_credit"
    INVOICED_CHARGE = "invoiced_charge"
    USAGE_CHARGE = "usage_charge"
    SUBSCRIPTION_FEE = "subscription_fee"
    DID_FEE = "did_fee"
    MEASURED_CHARGE = "measured_charge"
    FEE_CREDIT = "fee_credit"
    VOLUME_DISCOUNT = "volume_discount"
    WALLET_TOP_UP = "wallet_top_up"
    CANCELLATION_PENALTY = "cancellation_penalty"
    LATE_FEE = "late_fee"
    REACTIVATION_FEE = "reactivation_fee"
    ECOMMERCE_PAYMENT = "ecommerce_payment"
    CAPTURE_PAYMENT = "capture_payment"
    ECOMMERCE_REFUND = "ecommerce_refund"
    WRITE_OFF = "write_off"
    CREDIT_TAKEN = "credit_taken"
    CREDIT_PAYMENT = "credit_payment"
    ROUNDING = "rounding"
    TAX = "tax"
    INVOICE_ADJUSTMENT = "invoice_adjustment"
    CLOSING_DEBIT = "closing_debit"
    CLOSING_CREDIT = "closing_credit"


@dataclass(frozen=True, slots=True)
class Booking:
    """One kind. `direction` +1 raises the balance (the customer owes more), -1 lowers it, for both balance controls; 0:
    either way.

    A payment settles invoices; a credit lowers the balance and settles none. No permission: not booked by hand.
    `after_the_end`: possible for a permanently terminated customer too, because a debt must be able to end.
    `is_cash`: money that the customer paid or got back; `is_received`: that came in here; `gives_back`: out of money
    that pays nothing. `has_method`: people say how it was paid. `is_gift`: a credit for which nobody paid.
    `is_penalty`: a fee for not paying. `invoiced`: stands on the next invoice. `finer`: may have more decimals than
    cash. `untaxed`: of what is invoiced, no price of a service. `follows_usage`: usage until the close changes it.
    `reckoned`: by rule, above all where somebody leaves or comes back. `stays`: why it cannot be reversed; empty if
    it can.
    """

    kind: Kind
    label: str
    direction: int
    permission: P | None
    says: str
    settles: bool = False
    has_service: bool = False
    within_own_limits: bool = False
    after_the_end: bool = False
    invoiced: bool = False
    finer: bool = False
    writes_off: bool = False
    is_cash: bool = False
    is_received: bool = False
    gives_back: bool = False
    has_method: bool = False
    is_gift: bool = False
    is_penalty: bool = False
    reckoned: bool = False
    untaxed: bool = False
    follows_usage: bool = False
    stays: str = ""

    @property
    def needs_reason(self) -> bool:
        return self.within_own_limits

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit that people give."""
        return self.direction < 0 and self.permission is not None and not self.settles

    @property
    def is_charge(self) -> bool:
        """Whether its reversal is as good as a credit: it raises the balance, and no money was given for that."""
        return self.direction > 0 and not self.within_own_limits

    def signed(self, amount: Decimal) -> Decimal:
        """The amount as it moves the stored balance; the one place where a sign is chosen."""
        return self.direction * amount


_IS_INVOICE = "It came with an invoice, which would stay: void the invoice, or write the debt off."
_IS_TURNED = "A credit was turned into money by it: refund the money instead."
_IS_SUM = "It stands for bookings that were archived."
_PAYS = "Pays the oldest unpaid invoice first; what is left stays as unallocated payments."
_ROWS = (
    Booking(Kind.MANUAL_PAYMENT, "Manual payment", -1, P.MONEY_PAYMENT,
            "Money received. Pays the oldest unpaid invoice first; what is left stays as unallocated payments.",
            settles=True, after_the_end=True, is_cash=True, is_received=True, has_method=True),
    Booking(Kind.MANUAL_CHARGE, "Manual charge", +1, P.MONEY_CHARGE,
            "A charge for a service; it appears on the next invoice under that service.", has_service=True,
            invoiced=True, finer=True),
    Booking(Kind.MANUAL_CREDIT, "Manual credit", -1, P.MONEY_CREDIT,
            "Compensation for a service. It is not a payment: it settles no invoice and ends no suspension.",
            has_service=True, within_own_limits=True, invoiced=True),
    Booking(Kind.PROMOTIONAL_CREDIT, "Promotional credit", -1, P.MONEY_CREDIT,
            "Goodwill. It is not a payment: it settles no invoice and ends no suspension.", within_own_limits=True,
            invoiced=True, is_gift=True),
    Booking(Kind.REFUND, "Refund", +1, P.MONEY_REFUND,
            "Gives back money out of unallocated payments, never more than they hold.", within_own_limits=True,
            after_the_end=True, is_cash=True, gives_back=True),
    Booking(Kind.OPENING_DEBT, "Opening debt", +1, None, "What the customer owed on arrival.", stays=_IS_INVOICE),
    Booking(Kind.OPENING_CREDIT, "Opening credit", -1, None, "What the customer had in advance on arrival.",
            settles=True, is_cash=True),
    Booking(Kind.INVOICED_CHARGE, "Invoiced charge", +1, None, "A charge that came with an imported invoice.",
            stays=_IS_INVOICE),
    Booking(Kind.USAGE_CHARGE, "Usage", +1, None, "What a service cost, rated outside.", has_service=True,
            invoiced=True),
    Booking(Kind.SUBSCRIPTION_FEE, "Subscription fee", +1, None, "The fee of a subscription.", invoiced=True,
            reckoned=True),
    Booking(Kind.DID_FEE, "DID fee", +1, None, "The fee of a number held by the customer.", invoiced=True,
            reckoned=True),
    Booking(Kind.MEASURED_CHARGE, "Measured service", +1, None,
            "What was measured over a billing period, such as extensions of a telephone system.", invoiced=True,
            follows_usage=True, reckoned=True),
    Booking(Kind.FEE_CREDIT, "Fee credited", -1, None, "A fee given back for days without service.", invoiced=True,
            reckoned=True),
    Booking(Kind.VOLUME_DISCOUNT, "Volume discount", -1, None, "What a discount plan takes off usage by its volume.",
            invoiced=True, follows_usage=True, reckoned=True),
    Booking(Kind.WALLET_TOP_UP, "Top-up", +1, None, "What was added to a service wallet.", invoiced=True),
    Booking(Kind.CANCELLATION_PENALTY, "Early cancellation penalty", +1, None,
            "For a subscription closed before its minimum term is over.", invoiced=True, reckoned=True),
    Booking(Kind.LATE_FEE, "Late payment fee", +1, None, "For an invoice that became overdue.", invoiced=True,
            is_penalty=True, untaxed=True),
    Booking(Kind.REACTIVATION_FEE, "Reactivation fee", +1, None, "For the end of a suspension.", invoiced=True,
            is_penalty=True, untaxed=True, reckoned=True),
    Booking(Kind.ECOMMERCE_PAYMENT, "E-commerce payment", -1, None, "Taken from a stored card. " + _PAYS,
            settles=True, after_the_end=True, is_cash=True, is_received=True),
    Booking(Kind.CAPTURE_PAYMENT, "Capture payment", -1, None, "Reserved money taken from a stored card. " + _PAYS,
            settles=True, after_the_end=True, is_cash=True, is_received=True),
    Booking(Kind.ECOMMERCE_REFUND, "E-commerce refund", +1, None,
            "Gives a card payment back to its card, as far as it paid no invoice.", within_own_limits=True,
            after_the_end=True, is_cash=True, gives_back=True,
            stays="The bank has given the money back to the card: it cannot be taken again."),
    Booking(Kind.WRITE_OFF, "Write-off", -1, P.MONEY_CORRECT,
            "Ends a debt that will not be paid: settles the oldest invoices, never more than is outstanding.",
            settles=True, within_own_limits=True, after_the_end=True, writes_off=True),
    Booking(Kind.INVOICE_ADJUSTMENT, "Invoice adjustment", -1, None,
            "Takes an amount off an issued invoice; what was paid on it already stays as unallocated payments.",
            settles=True, within_own_limits=True, after_the_end=True),
    Booking(Kind.CREDIT_TAKEN, "Credit turned into money", +1, None,
            "A credit that no invoice will take off any more, as far as it was paid for.", invoiced=True,
            after_the_end=True, untaxed=True, stays=_IS_TURNED, reckoned=True),
    Booking(Kind.CREDIT_PAYMENT, "Payment out of credit", -1, None, "A credit that was left at the end. " + _PAYS,
            settles=True, after_the_end=True, stays=_IS_TURNED, reckoned=True),
    Booking(Kind.ROUNDING, "Rounding", 0, None, "Evens out at the end what rounding left, less than can be paid.",
            invoiced=True, after_the_end=True, untaxed=True, stays="It evens out what rounding left.", reckoned=True),
    Booking(Kind.TAX, "Tax", 0, None, "Put on top of what an invoice charges, when it is issued.", invoiced=True,
            after_the_end=True, untaxed=True, stays="It came with an invoice: void the invoice, and it is taken back.",
            reckoned=True),
    Booking(Kind.CLOSING_DEBIT, "Closing entry", +1, None, "The sum of archived bookings.", after_the_end=True,
            stays=_IS_SUM),
    Booking(Kind.CLOSING_CREDIT, "Closing entry", -1, None, "The sum of archived bookings.", after_the_end=True,
            stays=_IS_SUM),
)  # fmt: skip

BOOKINGS: dict[Kind, Booking] = {row.kind: row for row in _ROWS}
INTERNET = "Internet access"
METHODS = ("Bank transfer", "Cash", "Cheque", "Card terminal", "Direct debit", "Other")  # of a payment by hand
SERVICES = ("Calls", INTERNET, "Messages", "Equipment", "Installation", "Other")


def by_hand(granted: frozenset[P]) -> list[Booking]:
    """The kinds that a person with these rights may book, in the order in which they are offered."""
    return [row for row in BOOKINGS.values() if row.permission is not None and row.permission in granted]


def kinds_where(holds: Callable[[Booking], object]) -> frozenset[Kind]:
    """The kinds of which something holds."""
    return frozenset(row.kind for row in BOOKINGS.values() if holds(row))


LIMITED = kinds_where(lambda row: row.within_own_limits)  # counts towards a person's limits
RECEIVED = kinds_where(lambda row: row.is_received)
SETTLING = kinds_where(lambda row: row.settles)  # its money pays invoices and refunds
CREDITS = kinds_where(lambda row: row.is_credit)
GIFTS = kinds_where(lambda row: row.is_gift)
PENALTIES = kinds_where(lambda row: row.is_penalty)
CASH = kinds_where(lambda row: row.is_cash)
INVOICED = kinds_where(lambda row: row.invoiced)
TAXED = kinds_where(lambda row: row.invoiced and not row.untaxed)
ON_DEMAND = kinds_where(lambda row: row.invoiced and row.permission)  # a person books it, and may ask for its invoice
