"""Balance transactions: one table of kinds that owns the sign, the rights and what each does to invoices."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from data_access.permissions import Permission as P


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


@dataclass(frozen=True, slots=True)
class Booking:
    """One kind. `direction` +1 raises the balance (the customer owes more), -1 lowers it, for both balance controls.

    A payment settles invoices; a credit lowers the balance and settles none. No permission: not booked by hand.
    `after_the_end`: possible for a permanently terminated customer too, because a debt must be able to end.
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

    def signed(self, amount: Decimal) -> Decimal:
        """The amount as it moves the stored balance; the one place where a sign is chosen."""
        return self.direction * amount


_ROWS = (
    Booking(Kind.MANUAL_PAYMENT, "Manual payment", -1, P.MONEY_PAYMENT,
            "Money received. Pays the oldest unpaid invoice first; what is left stays as unallocated payments.",
            settles=True, after_the_end=True),
    Booking(Kind.MANUAL_CHARGE, "Manual charge", +1, P.MONEY_CHARGE,
            "A charge for a service; it appears on the next invoice under that service.", has_service=True),
    Booking(Kind.MANUAL_CREDIT, "Manual credit", -1, P.MONEY_CREDIT,
            "Compensation for a service. It is not a payment: it settles no invoice and ends no suspension.",
            has_service=True, within_own_limits=True),
    Booking(Kind.PROMOTIONAL_CREDIT, "Promotional credit", -1, P.MONEY_CREDIT,
            "Goodwill. It is not a payment: it settles no invoice and ends no suspension.", within_own_limits=True),
    Booking(Kind.REFUND, "Refund", +1, P.MONEY_REFUND,
            "Gives back money out of unallocated payments, never more than they hold.", within_own_limits=True,
            after_the_end=True),
    Booking(Kind.OPENING_DEBT, "Opening debt", +1, None, "What the customer owed on arrival."),
    Booking(Kind.OPENING_CREDIT, "Opening credit", -1, None, "What the customer had in advance on arrival.",
            settles=True),
    Booking(Kind.INVOICED_CHARGE, "Invoiced charge", +1, None, "A charge that came with an imported invoice."),
)  # fmt: skip

BOOKINGS: dict[Kind, Booking] = {row.kind: row for row in _ROWS}
SERVICES = ("Calls", "Internet access", "Messages", "Equipment", "Installation", "Other")


def by_hand(granted: frozenset[P]) -> list[Booking]:
    """The kinds that a person with these rights may book, in the order in which they are offered."""
    return [row for row in BOOKINGS.values() if row.permission is not None and row.permission in granted]


def limited_kinds() -> frozenset[Kind]:
    """The kinds that count towards a person's limits a booking and in 24 hours."""
    return frozenset(row.kind for row in BOOKINGS.values() if row.within_own_limits)


def settling_kinds() -> frozenset[Kind]:
    """The kinds whose money pays invoices and refunds."""
    return frozenset(row.kind for row in BOOKINGS.values() if row.settles)
