"""Payment methods: the kinds of what the gateway can take money by."""

from data_access.base.labelled import Labelled


class MethodKind(Labelled):
    """What is stored of a customer: each is charged, frozen and removed alike. Only a card expires and is reserved."""

    CARD = "card", "Credit card"
    E_CHECK = "e_check", "E-check"
    DIRECT_DEBIT = "direct_debit", "Direct debit"
