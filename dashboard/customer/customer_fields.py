"""Special fields of a customer in the add and edit forms: class and currency, and the credit limit."""

import streamlit as st

from dashboard.kit.forms.forms import Form
from data_access.base.money import CURRENCIES
from data_access.domain.field_labels import LABELS
from data_access.domain.validation import LIMIT_MISSING, LIMITED, NO_LIMIT_WARNING, UNLIMITED
from data_access.queries.customers.choices import ClassChoice

_LIMITS = {LIMITED: "Limit of…", UNLIMITED: "No limit: unlimited credit"}


def class_label(choice: ClassChoice) -> str:
    """What a class is called in a list: its name and the currency it is billed in."""
    return f"{choice.name} · {choice.currency or 'any currency'}"


def class_and_currency(form: Form, classes: tuple[ClassChoice, ...]) -> tuple[str, str]:
    """A class with a currency settles it, and every class is still offered; a chosen currency leaves those that fit."""
    by_id = {str(choice.id): choice for choice in classes}
    chosen = by_id.get(form.now("customer_class_id"))
    settled = chosen.currency if chosen else None
    fitting = [choice for choice in classes if settled or choice.fits(form.now("currency"))]
    left, right = st.columns(2)
    with left:
        class_id = form.choice(
            "customer_class_id", LABELS["customer_class_id"], {str(c.id): class_label(c) for c in fitting},
            help="Another class may bring another currency." if settled else "Those that fit the chosen currency.",
        )  # fmt: skip
    with right:
        if settled:
            st.selectbox(LABELS["currency"], [settled], disabled=True, help="The class is billed in this currency.")
            return class_id, settled
        options = {currency: currency for currency in CURRENCIES}
        return class_id, form.choice("currency", LABELS["currency"], options, help="It cannot be changed later.")


def credit_limit(form: Form, currency: str, shown: str | None = None) -> tuple[str, str]:
    """Whether there is a limit, and which. `shown` None: a new customer, which had better have one."""
    start = UNLIMITED if shown == "" else LIMITED
    choice = form.one_of("limit_choice", LABELS["credit_limit"], _LIMITS, start, horizontal=True)
    if choice == UNLIMITED:
        st.warning(NO_LIMIT_WARNING, icon=":material/warning:")
        return choice, ""
    unit = f"Limit in {currency}" if currency else "Limit"
    return choice, form.text("credit_limit", unit, shown or "", help="0 means no credit at all.")


def missing_limit(form: Form) -> dict[str, str]:
    """A complaint when a limit was chosen and none is given."""
    is_missing = form.now("limit_choice") == LIMITED and not form.now("credit_limit").strip()
    return {"credit_limit": LIMIT_MISSING} if is_missing else {}
