"""Labels: what every field and every choice is called on the screen, in one table each."""

from enum import StrEnum
from typing import Any

import pycountry

LABELS: dict[str, str] = {
    "customer_code": "Customer ID",
    "reseller_id": "Reseller",
    "customer_class_id": "Customer class",
    "balance_control": "Balance control",
    "currency": "Currency",
    "credit_limit": "Permanent credit limit",
    "created_at": "Customer since",
    "balance": "Balance",
    "outstanding": "Total outstanding balance",
    "unallocated": "Unallocated payments",
    "first_overdue_from": "Overdue from",
    "bill_status": "Billing status",
    "blocked": "Blocked",
    "suspension_cause": "Cause of the suspension",
    "suspended_at": "Suspended since",
    "suspension_lifted_until": "Lift the suspension until",
    "first_lifted_on": "First lift of the suspension",
    "service_limited": "Service limited",
    "limitation_lifted_until": "Lift the service limitation until",
    "provisionally_terminated_at": "Provisionally terminated since",
    "terminate_on": "Permanent termination date",
    "terminated_at": "Permanently terminated since",
    "exported_at": "Exported since",
    "billing_zone": "Billing time zone",
    "billing_period": "Billing period",
    "company_name": "Company name",
    "salutation": "Salutation",
    "first_name": "First name",
    "middle_initial": "Middle initial",
    "last_name": "Last name",
    "address_line_1": "Address line 1",
    "address_line_2": "Address line 2",
    "city": "City",
    "state": "Province / state",
    "postal_code": "ZIP / postal code",
    "country": "Country",
    "contact": "Contact",
    "phone": "Phone",
    "alt_phone": "Alternative phone",
    "fax": "Fax",
    "alt_contact": "Alternative contact",
    "email": "Email",
    "bcc": "Bcc",
    "description": "Description",
}

ADDRESS_FIELDS = tuple(LABELS)[tuple(LABELS).index("company_name") :]

_OWNER = {"customer_id": "Customer"}
_FIELDS: dict[str, dict[str, str]] = {
    "Customer": LABELS,
    "CustomerClass": {
        "name": "Class name", "business_model": "Business model", "currency": "Currency",
        "default_credit_limit": "Default credit limit", "net_days": "Days until an invoice is due",
        "suspend_after_days": "Days overdue before suspension",
        "reactivation_window_days": "Days for reactivation", "description": "Description",
    },
    "Account": _OWNER | {
        "account_code": "Account ID", "kind": "Kind of account", "product": "Product",
        "activated_on": "Activated on", "ended_on": "Ended on",
    },
    "Subscription": _OWNER | {
        "name": "Subscription", "fee": "Fee", "started_on": "Started on", "finished_on": "Finished on",
    },
    "Did": _OWNER | {
        "number": "DID number", "country": "Country of the number", "fee": "Fee", "vendor_cost": "Vendor cost",
        "vendor_currency": "Vendor currency", "free_of_charge": "Free of charge",
    },
    "Note": _OWNER | {"at": "Written at", "author": "Author", "text": "Note", "sticky": "Sticky"},
    "Invoice": _OWNER | {
        "number": "Invoice number", "type": "Invoice type", "period_from": "Period from", "period_to": "Period to",
        "issued_on": "Issue date", "due_on": "Due date", "overdue_from": "Overdue from", "currency": "Currency",
        "total": "Invoice total", "paid": "Paid amount", "payment_status": "Payment status",
        "collection_status": "Collection", "disputed": "Disputed",
    },
    "PlannedMove": _OWNER | {
        "move": "Planned status change", "due_on": "Planned for", "login": "Planned by", "reason": "Reason",
        "state": "State of the plan", "why_impossible": "Why it is no longer possible", "planned_at": "Planned at",
    },
    "InvoiceRequest": _OWNER | {
        "requested_at": "Midterm invoice requested at", "login": "Requested by", "state": "State of the request",
        "invoice_id": "Midterm invoice",
    },
    "Reseller": {"name": "Reseller name"},
    "Person": {
        "login": "Sign-in name", "name": "Name", "email": "Email", "role": "Role", "reseller_id": "Reseller",
        "password_hash": "Password", "must_change_password": "Must choose a new password",
        "is_active": "May sign in", "extra_grants": "Additional rights",
        "credit_per_booking": "Credit limit a booking", "credit_per_day": "Credit limit in 24 hours",
        "created_at": "Added at",
    },
}  # fmt: skip

ENTITIES: dict[str, str] = {
    "Customer": "Customer",
    "CustomerClass": "Customer class",
    "Account": "Account",
    "Subscription": "Subscription",
    "Did": "DID",
    "Note": "Note",
    "Invoice": "Invoice",
    "PlannedMove": "Planned change",
    "InvoiceRequest": "Midterm invoice",
    "Reseller": "Reseller",
    "Person": "Person",
}

WHOLE_RECORD = "*"
_SPECIAL = {
    "sim": "SIM",
    "thirty_days": "Every 30 days",
    "semimonthly": "Twice a month",
    "anniversary": "Monthly (anniversary)",
    "impossible": "No longer possible",
}


def field_label(entity: str, field: str) -> str:
    """What a field of a kind of record is called; KeyError for one without a name."""
    if field == WHOLE_RECORD:
        return f"New {ENTITIES[entity] if ENTITIES[entity].isupper() else ENTITIES[entity].lower()}"
    return _FIELDS[entity][field]


def word(choice: StrEnum) -> str:
    """What one of the choices of a field is called."""
    label: Any = getattr(choice, "label", None)
    return str(label) if label else _SPECIAL.get(choice.value, choice.value.replace("_", " ").capitalize())


def country_name(code: str) -> str:
    """Germany for DE; a code that names no country as it is."""
    country = pycountry.countries.get(alpha_2=code)
    return code if country is None else str(country.name)


def command_words(name: str) -> str:
    """Change status for ChangeStatus."""
    spaced = "".join(f" {mark.lower()}" if mark.isupper() else mark for mark in name)
    return spaced.strip().capitalize()
