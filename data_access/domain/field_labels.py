"""Field labels: what every field of every record is called on the screen; those that are declared say it themselves."""

from data_access.domain.sections import CREDIT_OPTIONS, CUSTOMER, declared_field
from data_access.fields.field import labels_of
from data_access.models.people import PersonalLimit

LABELS: dict[str, str] = (
    CUSTOMER.labels
    | CREDIT_OPTIONS.labels
    | {
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
        "first_lifted_on": "First lift of the suspension or the limitation",
        "service_limited": "Service limited",
        "limitation_lifted_until": "Lift the service limitation until",
        "provisionally_terminated_at": "Provisionally terminated since",
        "terminate_on": "Permanent termination date",
        "terminated_at": "Permanently terminated since",
        "exported_at": "Exported since",
        "collect_at": "Next step of collection",
        "temporary_limit": "Temporary increase of the credit limit",
        "temporary_limit_until": "Temporary increase until",
        "first_raised_at": "First increase of an unbroken series",
        "raise_ended_at": "Last increase ended at",
        "daily_spending_limit": "Daily spending limit",
        "billing_counted_from": "Billing periods counted from",
        "next_billing_period": "Next billing period",
        "billing_change_on": "Billing change date",
        "period_from": "First day of the billing period",
        "period_to": "Last day of the billing period",
        "closes_at": "Billing period closes",
        "legal_hold": "Legal hold",
        "erased_at": "Personal data erased",
        "archived_at": "Details archived",
    }
)

_EVERYWHERE = {"customer_id": "Customer", "removed_at": "Removed at"}
_FIELDS: dict[str, dict[str, str]] = {
    "Customer": LABELS,
    "CustomerClass": {"is_default": "Default class"},
    "Account": {"blocked": "Account blocked", "ended_on": "Ended on", "numbers_at_end": "DIDs at its end"},
    "Subscription": {
        "plan_id": "Subscription plan", "fee_percent": "Percent of the plan's fee",
        "adjustment": "Periodic fee adjustment", "started_on": "Started on",
        "activated_on": "Activated on", "finished_on": "Finished on", "charged_until": "Charged until",
    },
    "Did": {
        "account_id": "Account", "frozen": "Frozen", "assigned_on": "Assigned on", "charged_until": "Charged until",
    },
    "CustomFieldOfClass": {"customer_class_id": "Customer class", "custom_field_id": "Custom field"},
    "CustomValue": {
        "custom_field_id": "Custom field", "value": "Entered", "personal_value": "Entered, personal data",
        "sort_key": "Order", "personal_key": "Order, personal data",
    },
    "FraudProtection": {
        "raised_limit": "Daily limit for today", "raised_until": "Daily limit raised until",
        "reset_at": "Usage of the day counted from",
    },
    "Quota": {"ended_on": "Ended on"},
    "TariffRate": {"tariff_id": "Tariff"},
    "DiscountAssignment": {"closed_at": "Last billing period closed at"},
    "SelfCare": {"api_token_hash": "API token", "api_token_at": "API token made at"},
    "SelfCareLogin": {
        "account_id": "Account", "password_hash": "Password", "password_set_at": "Password set at",
    },
    "Holiday": {"day": "Day", "name": "Holiday"},
    "Promise": {
        "amount": "Promised amount", "received": "Received for the promise", "due_at": "Promised until",
        "made_at": "Promised at", "login": "Taken by", "reason": "Reason", "state": "State of the promise",
        "decided_at": "Decided at",
    },
    "WarningThreshold": {
        "crossed_at": "Crossed at",
    },
    "PaymentMethod": {
        "kind": "Payment method", "token": "Token", "brand": "Brand or bank", "last_four": "Last four digits",
        "expires_on": "Expires on", "mandate": "Reference of the mandate",
        "added_at": "Added at",
    },
    "CardPayment": {
        "method_id": "Card", "key": "Idempotency key", "amount": "Amount", "currency": "Currency",
        "capture_at_once": "Captured at once", "state": "State", "captured": "Captured", "refunded": "Refunded",
        "why": "Why refused", "gateway_reference": "Reference of the gateway", "payment_id": "Payment",
        "requested_at": "Requested at", "login": "Requested by",
    },
    "CardOperation": {
        "card_payment_id": "Card payment", "operation": "Asked of the gateway", "key": "Idempotency key",
        "amount": "Amount", "state": "State", "why": "Why refused", "asked_at": "Asked at", "login": "Asked by",
        "transaction_id": "Booking",
    },
    "Webhook": {"secret": "Secret", "is_active": "Active"},
    "Note": {"at": "Written at", "author": "Author", "text": "Note", "sticky": "Sticky"},
    "Invoice": {
        "number": "Invoice number", "type": "Invoice type", "period_from": "Period from", "period_to": "Period to",
        "issued_on": "Issue date", "due_on": "Due date", "overdue_from": "Overdue from", "currency": "Currency",
        "policy_id": "Terms", "replaces_id": "Replaces invoice", "voided_at": "Voided at",
        "total": "Invoice total", "paid": "Paid amount", "payment_status": "Payment status",
        "collection_status": "Collection", "disputed": "Disputed",
    },
    "PlannedMove": {
        "move": "Planned status change", "due_on": "Planned for", "login": "Planned by", "reason": "Reason",
        "state": "State of the plan", "why_impossible": "Why it is no longer possible", "planned_at": "Planned at",
    },
    "InvoiceRequest": {
        "requested_at": "Midterm invoice requested at", "login": "Requested by", "state": "State of the request",
        "invoice_id": "Midterm invoice",
    },
    "AutoPayment": {
        "failures": "Refusals in a row", "tried_at": "Last tried at", "frozen_at": "Frozen since",
    },
    "CallerVerification": {
        "checked": "Verified by", "at": "Verified at", "until": "Holds until", "login": "Who verified",
    },
    "SavedView": {"owner_id": "Owner", "page": "List", "address": "Filter, columns and order"},
    "ViewReader": {"view_id": "Saved view", "person_id": "Person"},
    "ListHabit": {
        "person_id": "Person", "page": "List", "view_id": "Opens with the view", "columns": "Columns",
        "is_roomy": "High rows",
    },
    "PersonalLimit": {"person_id": "Person", **labels_of(PersonalLimit)},
    "ExportFile": {
        "person_id": "Asked for by", "asked_at": "Asked for at", "page": "Page of the filter",
        "address": "Address of the filter", "selection": "Customers meant", "customers": "Customers",
        "kind": "Kind of file", "content": "What it holds", "reseller_id": "Reseller",
        "shows_personal": "With names and contacts", "file": "File", "state": "State of the export",
        "written": "Rows written", "size": "Bytes", "ended_at": "Ended at", "kept_until": "Kept until",
        "why": "Why it was not written", "is_cleared": "Taken away",
    },
    "BulkRun": {
        "person_id": "Made by", "login": "Sign-in name of the maker", "acts_id": "Done in the name of",
        "made_at": "Made at", "action": "Kind of bulk action", "command": "Order", "title": "Bulk action",
        "reason": "Reason or note",
        "page": "Page of the filter", "address": "Address of the filter", "selection": "Customers meant",
        "customers": "Customers", "pause_after": "Pauses after",
        "state": "State of the bulk action", "why": "Why it was stopped", "started_at": "Started at",
        "ended_at": "Ended at",
    },
    "FileImport": {
        "person_id": "Brought by", "login": "Sign-in name of who brings it", "made_at": "Uploaded at",
        "file": "File", "upload": "Upload", "size": "Size in bytes", "digest": "Digest of the file",
        "look": "Headings", "kind": "What the file holds", "mapping": "Mapping", "trial": "Number of the trial",
        "state": "State of the import", "says": "What came of it", "why": "Why it was stopped",
        "started_at": "Started at", "ended_at": "Ended at", "removed_at": "File removed at",
    },
    "Person": {
        "password_hash": "Password", "must_change_password": "Must choose a new password",
        "oidc_issuer": "Issuer of single sign-on", "oidc_subject": "Identity at single sign-on",
        "is_active": "May sign in", "created_at": "Added at",
    },
}  # fmt: skip

ENTITIES: dict[str, str] = {
    "Customer": "Customer",
    "CustomerClass": "Customer class",
    "Account": "Account",
    "Subscription": "Subscription",
    "Did": "DID",
    "NumberBatch": "Pricing batch",
    "FraudProfile": "Fraud profile",
    "CustomField": "Custom field",
    "CustomFieldOfClass": "Custom field of a class",
    "CustomValue": "Custom field of a customer",
    "Dialing": "Abbreviated dialing",
    "AbbreviatedNumber": "Abbreviated number",
    "FraudProtection": "Fraud protection",
    "Quota": "Quota",
    "SubscriptionPlan": "Subscription plan",
    "MeasuredService": "Measured service",
    "Tariff": "Tariff",
    "OverrideTariff": "Override tariff",
    "AdditionalInfo": "Additional info",
    "TariffRate": "Rate",
    "DiscountPlan": "Volume discount plan",
    "DiscountAssignment": "Volume discount",
    "TopUpOption": "Top-up option",
    "Holiday": "Holiday",
    "Promise": "Promise",
    "WarningThreshold": "Warning threshold",
    "PaymentMethod": "Stored card",
    "CardPayment": "Card payment",
    "CardOperation": "Request to the card gateway",
    "Webhook": "Webhook",
    "Note": "Note",
    "SelfCare": "Web self-care",
    "SelfCareLogin": "Self-care login",
    "ServiceConfiguration": "Service configuration",
    "AccountFeatures": "Features of an account",
    "LegalIntercept": "Legal intercept",
    "Invoice": "Invoice",
    "PlannedMove": "Planned change",
    "InvoiceRequest": "Midterm invoice",
    "InvoicingSettings": "Invoicing settings",
    "CallerVerification": "Caller verification",
    "InvoiceTemplate": "Invoice template",
    "AutoPayment": "Automatic payment",
    "TaxProfile": "Tax profile",
    "Reseller": "Reseller",
    "Representative": "Representative",
    "Distributor": "Distributor",
    "Tag": "Tag",
    "CustomerTag": "Tag of a customer",
    "Person": "Person",
    "PersonalLimit": "Personal limit",
    "BulkRun": "Bulk action",
    "ExportFile": "Export",
    "FileImport": "Import of a file",
    "SavedView": "Saved view",
    "ViewReader": "Person who has a view",
    "ListHabit": "Settings of a list",
}

WHOLE_RECORD = "*"


def field_label(entity: str, field: str) -> str:
    """What a field of a kind of record is called; KeyError for one without a name."""
    if field == WHOLE_RECORD:
        return f"New {ENTITIES[entity] if ENTITIES[entity].isupper() else ENTITIES[entity].lower()}"
    declared = declared_field(entity, field)
    if declared is not None:
        return declared.label
    return _EVERYWHERE[field] if field in _EVERYWHERE else _FIELDS[entity][field]
