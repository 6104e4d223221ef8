"""Money shared out over invoices, and every way in which one of both arrives."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from data_access.domain.billing.sharing import Owed, share_out

AMOUNTS = st.decimals(0, 100, places=2)
BILLS = st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 1, 5)), AMOUNTS), max_size=6)


@given(st.lists(AMOUNTS, max_size=6), BILLS)
def test_nothing_is_open_beside_money_and_the_oldest_of_both_come_first(money, bills):
    owed = [Owed(number, issued_on, open_) for number, (issued_on, open_) in enumerate(bills)]
    shares = share_out(enumerate(money), owed)
    free, unpaid = dict(enumerate(money)), {one.bill: one.open for one in owed}
    for share in shares:
        assert share.amount > 0
        free[share.payment] -= share.amount
        unpaid[share.bill] -= share.amount
    assert min([*free.values(), *unpaid.values()], default=0) >= 0
    assert not (any(free.values()) and any(unpaid.values()))
    payments = [share.payment for share in shares]
    paid = [(bills[share.bill][0], share.bill) for share in shares]
    assert (payments, paid) == (sorted(payments), sorted(paid))
    assert not any(free[before] for before in free if payments and before < payments[-1])


def test_one_payment_pays_two_invoices_and_two_payments_pay_one():
    owed = [Owed("second", date(2026, 2, 1), Decimal(30)), Owed("first", date(2026, 1, 1), Decimal(10))]
    shares = share_out([("a", Decimal(15)), ("b", Decimal(50))], owed)
    assert [(one.payment, one.bill, one.amount) for one in shares] == [
        ("a", "first", Decimal(10)), ("a", "second", Decimal(5)), ("b", "second", Decimal(25)),
    ]  # fmt: skip
