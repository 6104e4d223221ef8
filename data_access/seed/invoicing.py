"""How the demo is taxed and invoiced: tax profiles, a template, and the customers who have settings of their own."""

import json
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from data_access.base.text.text_keys import fold
from data_access.models.card.invoicing import OwnTaxation
from data_access.models.cards import PaymentMethod
from data_access.models.taxation import TaxWay
from data_access.seed.customer import DemoCustomer

Row = dict[str, Any]
_PROFILES = (
    ("VAT 19 % included", TaxWay.INCLUDED, (("VAT", "19"),), ""),
    ("VAT 19 % added", TaxWay.ADDED, (("VAT", "19"),), ""),
    ("VAT 20 % included", TaxWay.INCLUDED, (("VAT", "20"),), ""),
    ("Sales tax added", TaxWay.ADDED, (("State sales tax", "6.25"), ("City sales tax", "2")), ""),
    ("Exempt, reverse charge", TaxWay.EXEMPT, (), "Reverse charge: the recipient accounts for the tax"),
)
OF_CLASSES = {
    "Residential EUR": "VAT 19 % included", "Residential GBP": "VAT 20 % included",
    "Business EUR": "VAT 19 % added", "Business USD": "Sales tax added",
}  # fmt: skip
EXEMPT, LETTER = "Exempt, reverse charge", "Business letter"
_EXEMPTED, _BY_POST, _AUTOMATIC = 0.03, 0.04, 0.3


def profile_rows() -> list[Row]:
    return [
        {"name": name, "name_key": fold(name), "way": way, "rates": json.dumps(rates), "exempt_reason": reason}
        for name, way, rates, reason in _PROFILES
    ]


def template_rows() -> list[Row]:
    return [{
        "name": LETTER, "name_key": fold(LETTER), "title": "Invoice", "columns": "day\nsays\namount",
        "header": "Thank you for doing business with us.\nPlease find below what you ordered and used.",
        "footer": "Questions about this invoice? Call us on weekdays from 8 to 18.",
    }]  # fmt: skip


def settings_of(told: Iterable[DemoCustomer], exempt_id: int) -> Iterator[Row]:
    """A few are exempt, and a few get their invoices by post."""
    draw = Random("invoicing")
    for one in told:
        is_exempt, is_by_post = draw.random() < _EXEMPTED, draw.random() < _BY_POST
        if is_exempt or is_by_post:
            yield {
                "customer_id": one.row["id"], "taxation": OwnTaxation.PROFILE if is_exempt else None,
                "tax_profile_id": exempt_id if is_exempt else None, "sends_invoices": False if is_by_post else None,
            }  # fmt: skip


def automatic_of(told: Iterable[DemoCustomer]) -> Iterator[Row]:
    """Some of those with a card have chosen it for what their class or they themselves want charged."""
    draw = Random("automatic payments")
    for one in told:
        cards = one.others[PaymentMethod]
        if cards and draw.random() < _AUTOMATIC:
            yield {"customer_id": one.row["id"], "method_id": cards[0]["id"], "amount": None, "level": None}
