"""Events: what a webhook can subscribe to, by its name outside and by its label on the screen."""

from data_access.base.labelled import Labelled


class Event(Labelled):
    """What a webhook can subscribe to; the label is what it is called on the screen."""

    CUSTOMER_NEW = "Customer/New", "Customer added"
    NAME_CHANGED = "Customer/Name/Changed", "Name changed"
    BLOCKED = "Customer/Blocked", "Blocked"
    UNBLOCKED = "Customer/Unblocked", "Unblocked"
    BALANCE_CHANGED = "Customer/BalanceChanged", "Balance changed"
    ZERO_FUNDS = "Customer/ZeroAvailableFunds", "Funds used up"
    FUNDS_APPEAR = "Customer/AvailableFundsAppear", "Funds available again"
    ACTIVATED = "Customer/Status/Activated", "Reactivated"
    DEACTIVATED = "Customer/Status/Deactivated", "Provisionally terminated"
    SUSPEND = "Customer/Status/Suspend", "Suspended"
    UNSUSPEND = "Customer/Status/Unsuspend", "Suspension ended"
    CLOSED = "Customer/Status/Closed", "Permanently terminated"
    EXPORTED = "Customer/Status/Exported", "Exported"
    IMPORTED = "Customer/Status/Imported", "Back from export"
    STATUS_CHANGED = "Customer/Status/Changed", "Lift, limitation or planned end"
    INVOICE_NEW = "Invoice/New", "Invoice issued"
    INVOICE_STATUS = "Invoice/Status/Changed", "Status of an invoice"
    INVOICE_PAID = "Invoice/AmountPaid/Changed", "Paid amount of an invoice"
    PAYMENT_NEW = "PaymentTransaction/New", "Payment"
    DID_ASSIGNED = "DID/Status/Assigned", "DID assigned"
    DID_MOVED = "DID/Status/Moved", "DID put on another account"
    DID_UNASSIGNED = "DID/Status/Unassigned", "DID released"
    CUSTOM_FIELD_CHANGED = "Customer/CustomField/Changed", "Custom fields changed"
    ADDRESS_CHANGED = "Subscriber/Address/Changed", "Address changed"
    CONTACT_CHANGED = "Subscriber/ContactInfo/Changed", "Contact changed"
