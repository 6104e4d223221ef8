"""Integrity errors by constraint, in one table with a sentence each; an unknown one is a crash."""

import re

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError

from data_access.base.errors import Invalid, Refusal, Rejected

_SENTENCES: dict[str, Refusal] = {
    "uq_customers_customer_code_key": Invalid({"customer_code": "Customer ID is already used."}),
    "ck_customers_no_credit_limit_on_prepaid": Invalid({"credit_limit": "Prepaid customers have no credit limit."}),
    "ck_customers_credit_limit_not_negative": Invalid({"credit_limit": "A credit limit cannot be negative."}),
    **dict.fromkeys(
        (
            "ck_customers_suspended_has_cause_and_moment",
            "ck_customers_only_suspended_is_lifted",
            "ck_customers_provisional_has_its_end",
            "ck_customers_terminated_has_its_moment",
            "ck_customers_exported_has_its_moment",
        ),
        Invalid({"bill_status": "This status and its dates do not match."}),
    ),
    "uq_people_login_key": Invalid({"login": "This login is already used."}),
    "uq_people_oidc_issuer_oidc_subject": Rejected(
        "This identity of your organisation's sign-in belongs to someone else here. "
        "Someone who manages people can free it."
    ),
    "uq_self_care_logins_login_key": Invalid({"login": "This login is already used, by a customer or an account."}),
    "uq_customer_classes_name_key": Invalid({"name": "A customer class with this name already exists."}),
    "uq_resellers_name_key": Invalid({"name": "A reseller with this name already exists."}),
    "uq_representatives_name_key": Invalid({"name": "A representative with this name already exists."}),
    "uq_tags_name_key": Invalid({"name": "A tag with this name already exists."}),
    "uq_distributors_name_key": Invalid({"name": "A distributor with this name already exists."}),
    "uq_additional_info_reference_number_key": Invalid(
        {"reference_number": "Another customer has this reference number."}
    ),
    "uq_transactions_reverses_id": Rejected("This transaction is already reversed."),
    "uq_transactions_customer_id_reference": Rejected("A charge with this reference is already booked."),
    "uq_card_operations_customer_id": Rejected(
        "Another card payment of this customer is in progress: wait until it ends."
    ),
    "uq_payment_methods_token": Invalid({"token": "This card is already stored."}),
    "uq_invoices_customer_id_number": Invalid({"number": "The customer already has an invoice with this number."}),
    "uq_subscription_plans_name_key": Invalid({"name": "A plan with this name already exists."}),
    "uq_abbreviated_numbers_customer_id_number": Invalid({"number": "The customer has this number already."}),
    "uq_custom_fields_name_key": Invalid({"name": "A custom field with this name already exists."}),
    "uq_custom_values_customer_id_custom_field_id": Rejected("Somebody else has just filled this in: look again."),
    "uq_dids_number": Invalid({"number": "This number is in the pool already."}),
    "uq_number_batches_name_key": Invalid({"name": "A pricing batch with this name already exists."}),
    "uq_fraud_profiles_name_key": Invalid({"name": "A fraud profile with this name already exists."}),
    "uq_tariffs_name_key": Invalid({"name": "A tariff with this name already exists."}),
    "uq_rates_tariff_id_prefix": Invalid({"prefix": "The tariff already has a rate of this prefix."}),
    "uq_override_tariffs_customer_id_original_id": Invalid(
        {"original_id": "This tariff is already overridden for this customer."}
    ),
    "uq_measured_services_customer_id_parameter": Invalid(
        {"parameter": "The customer already has terms of its own for this parameter."}
    ),
    "uq_quotas_customer_id_service_unit": Rejected("The customer already has a quota for this service in this unit."),
    "uq_accounts_account_code": Invalid({"account_code": "This account ID is already used."}),
}
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
_STOPPED = "57014"
_WAITED = {_STOPPED, "55P03"}
_TRY_AGAIN = {"40001", "40P01"}
_AWAY = ("08", "57P")  # the connection, and a server that shuts down or starts


def refusal_of(error: IntegrityError) -> Refusal | None:
    """The refusal that an integrity error means to a person; None if it means a bug."""
    return _SENTENCES.get(constraint_of(error))


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that was hit, on both databases."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint:
        return str(constraint)
    message = str(error.orig)
    if unique := _SQLITE_UNIQUE.search(message):
        columns = [name.strip().split(".") for name in unique[1].split(",")]
        return "_".join(["uq", columns[0][0], *(column for _, column in columns)])
    check = _SQLITE_CHECK.search(message)
    return check[1] if check else ""


def was_stopped(error: DBAPIError) -> bool:
    """Whether the statement took longer than any may."""
    return getattr(error.orig, "sqlstate", None) == _STOPPED or str(error.orig) == "interrupted"


def waited_too_long(error: DBAPIError) -> bool:
    """Whether a command was stopped because another held what it needs: the next try would wait as long."""
    return getattr(error.orig, "sqlstate", None) in _WAITED


def is_away(error: DBAPIError) -> bool:
    """Whether the database does not answer at all."""
    state = getattr(error.orig, "sqlstate", None)
    has_no_answer = error.connection_invalidated or (isinstance(error.orig, psycopg.OperationalError) and state is None)
    return has_no_answer or str(state).startswith(_AWAY) or "unable to open database file" in str(error.orig)


def is_worth_another_try(error: DBAPIError) -> bool:
    """Whether nothing is wrong but the moment: a lock, a deadlock, a serialization failure."""
    return getattr(error.orig, "sqlstate", None) in _TRY_AGAIN or "database is locked" in str(error.orig)
