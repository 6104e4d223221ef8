"""The sections of declared fields: the title of each, and the permissions to see and to change it."""

from dataclasses import replace

from data_access.base.money import CURRENCIES
from data_access.base.permissions import Permission as P
from data_access.domain.allowances import read_allowances, written
from data_access.domain.billing.volume_discounts import RULE_ROWS, rules_in_words, sound_rules
from data_access.domain.destinations import an_address
from data_access.domain.usage.quotas import a_quantity
from data_access.fields.field import Field, RowList, fields_of
from data_access.fields.kinds import ROWS
from data_access.fields.section import FieldSection
from data_access.models.card.additional import AdditionalInfo, Distributor, Representative
from data_access.models.card.custom_fields import CustomField
from data_access.models.card.dialing import AbbreviatedNumber, Dialing
from data_access.models.card.fraud import FraudProfile, FraudProtection
from data_access.models.card.invoicing import AutoPayment, InvoiceTemplate, InvoicingSettings
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.card.service_configuration import (
    AccountFeatures,
    LegalIntercept,
    OwnFeatures,
    ServiceConfiguration,
)
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.classes.customer_classes import (
    CustomerClass,
    GeneralOfClass,
    InvoicesOfClass,
    LifeCycleOfClass,
    SelfCareOfClass,
    UsageOfClass,
)
from data_access.models.classes.service_features import ServicesOfClass
from data_access.models.collection import WarningThreshold
from data_access.models.customers import Account, AddressInfo, CreditOptions, Customer
from data_access.models.numbers import Did, NumberBatch
from data_access.models.outbox import Webhook
from data_access.models.people import Person, PersonalLimit, Reseller
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan
from data_access.models.plans.wallets import TopUpOption
from data_access.models.quotas import Quota
from data_access.models.services import SubscriptionPlan
from data_access.models.taxation import TaxProfile
from data_access.models.usage.measuring import MeasuredService
from data_access.models.usage.tariffs import OverrideTariff, Tariff, TariffRate
from data_access.models.work.views import SavedView

_SEEN, _EDITED = P.CUSTOMER_READ, P.CUSTOMER_EDIT
TOP_FIELDS = FieldSection("top_fields", Customer, "Top fields", fields_of(Customer, Customer), _SEEN, _EDITED)
ADDRESS_INFO = FieldSection("address_info", Customer, "Address info", fields_of(Customer, AddressInfo), _SEEN, _EDITED)
ADDITIONAL_INFO = FieldSection(
    "additional_info", AdditionalInfo, "Additional info", fields_of(AdditionalInfo), _SEEN, _EDITED
)
CREDIT_OPTIONS = FieldSection(
    "credit_options", Customer, "Options of credit", fields_of(Customer, CreditOptions), _SEEN, _EDITED
)
WARNING_THRESHOLD = FieldSection(
    "warning_threshold", WarningThreshold, "Warning thresholds", fields_of(WarningThreshold), _SEEN, _EDITED
)
CUSTOMER = FieldSection("customer", Customer, "Customer", (*TOP_FIELDS, *ADDRESS_INFO), _SEEN, _EDITED)

_LIMITS = Field(  # rows of another table, typed as `EUR 50 200, JPY 5000 20000`
    replace(
        ROWS, read=lambda text, _: read_allowances(text), typed=written, blank=(),
        said=lambda limits, _: "; ".join(one.says for one in limits),
    ),
    "Limits for credits, refunds, write-offs and reversals of charges",
    stands_for="none: nothing is allowed",
    rows=RowList(
        fields_of(PersonalLimit),
        split=lambda text: [part.split() for part in text.split(",") if part.strip()],
        join=lambda rows: ", ".join(sorted(" ".join(cells).strip() for cells in rows)),
        says="A currency without a row allows nothing. Admins have no limits. To remove a row, empty it.",
        most=len(CURRENCIES) + 1,
    ),
    name="limits",
)  # fmt: skip
PERSON = FieldSection(
    "person", Person, "Person", (*fields_of(Person), _LIMITS), P.PEOPLE_MANAGE, P.PEOPLE_MANAGE, masks=False
)
_NAME, _URL, _EVENTS = fields_of(Webhook)
WEBHOOK = FieldSection(
    "webhook", Webhook, "Webhook", (_NAME, replace(_URL, rule=an_address), _EVENTS), P.HOOK_MANAGE, P.HOOK_MANAGE
)
PLAN = FieldSection(
    "plan", SubscriptionPlan, "Subscription plan", fields_of(SubscriptionPlan), P.CLASS_READ, P.CLASS_EDIT
)
QUOTA = FieldSection(
    "quota", Quota, "Quota",
    tuple(replace(one, rule=a_quantity) if one.name == "allowance" else one for one in fields_of(Quota)),
    P.CUSTOMER_READ, P.SERVICE_EDIT,
)  # fmt: skip
_RULES = Field(
    replace(ROWS, said=lambda text, _: rules_in_words(text)), "Rules", rows=RULE_ROWS, rule=sound_rules, name="rules",
    stands_for="none: nothing is discounted",
)  # fmt: skip
DISCOUNT_PLAN = FieldSection(
    "discount_plan", DiscountPlan, "Volume discount plan", (*fields_of(DiscountPlan), _RULES), P.CLASS_READ,
    P.CLASS_EDIT,
)  # fmt: skip
REPRESENTATIVE = FieldSection(
    "representatives", Representative, "Representatives", fields_of(Representative), P.CLASS_READ, P.CLASS_EDIT
)
DISTRIBUTOR = FieldSection(
    "distributors", Distributor, "Distributors", fields_of(Distributor), P.CLASS_READ, P.CLASS_EDIT
)
TAG = FieldSection("tags", Tag, "Tags", fields_of(Tag), P.CLASS_READ, P.CLASS_EDIT)
CUSTOMER_TAG = FieldSection(
    "customer_tag", CustomerTag, "Tags", fields_of(CustomerTag), P.CUSTOMER_READ, P.CUSTOMER_EDIT
)
RESELLER = FieldSection("resellers", Reseller, "Resellers", fields_of(Reseller), P.CLASS_READ, P.CLASS_EDIT)
CLASS_GROUPS = tuple(  # as they stand on the page of a class and in its form, each an aspect of the table
    FieldSection(f"class_{name}", CustomerClass, title, fields_of(CustomerClass, aspect), P.CLASS_READ, P.CLASS_EDIT)
    for name, title, aspect in (
        ("general", "General", GeneralOfClass),
        ("invoices", "Invoices", InvoicesOfClass),
        ("life_cycle", "Life cycle", LifeCycleOfClass),
        ("usage", "Usage", UsageOfClass),
        ("self_care", "Web self-care", SelfCareOfClass),
        ("services", "Service configuration", ServicesOfClass),
    )
)
CUSTOMER_CLASS = FieldSection(
    "customer_class", CustomerClass, "Customer class", tuple(field for group in CLASS_GROUPS for field in group),
    P.CLASS_READ, P.CLASS_EDIT,
)  # fmt: skip
TARIFF = FieldSection("tariff", Tariff, "Tariff", fields_of(Tariff), P.CLASS_READ, P.CLASS_EDIT)
RATE = FieldSection("rate", TariffRate, "Rate", fields_of(TariffRate), P.CLASS_READ, P.CLASS_EDIT)
DID = FieldSection("did", Did, "DID", fields_of(Did), P.CLASS_READ, P.CLASS_EDIT)
NUMBER_BATCH = FieldSection(
    "number_batch", NumberBatch, "Pricing batch", fields_of(NumberBatch), P.CLASS_READ, P.CLASS_EDIT
)
TAX_PROFILE = FieldSection("tax_profile", TaxProfile, "Tax profile", fields_of(TaxProfile), P.CLASS_READ, P.CLASS_EDIT)
INVOICING = FieldSection(
    "invoicing_settings", InvoicingSettings, "Invoicing settings", fields_of(InvoicingSettings), _SEEN, _EDITED
)
OVERRIDE_TARIFF = FieldSection(
    "override_tariff", OverrideTariff, "Override tariffs", fields_of(OverrideTariff), P.CUSTOMER_READ, P.SERVICE_EDIT
)
MEASURED_SERVICE = FieldSection(
    "measured_service", MeasuredService, "Measured services", fields_of(MeasuredService), P.CUSTOMER_READ,
    P.SERVICE_EDIT,
)  # fmt: skip
DISCOUNT = FieldSection(
    "discount", DiscountAssignment, "Volume discount", fields_of(DiscountAssignment), P.CUSTOMER_READ, P.SERVICE_EDIT
)
ACCOUNT = FieldSection("account", Account, "Account", fields_of(Account), P.CUSTOMER_READ, P.SERVICE_EDIT)
SELF_CARE = FieldSection("self_care", SelfCare, "Web self-care", fields_of(SelfCare), _SEEN, _EDITED)
SELF_CARE_LOGIN = FieldSection("self_care_login", SelfCareLogin, "Login", fields_of(SelfCareLogin), _SEEN, _EDITED)
SERVICE_CONFIGURATION = FieldSection(
    "service_configuration", ServiceConfiguration, "Service configuration",
    fields_of(ServiceConfiguration, OwnFeatures), P.CUSTOMER_READ, P.SERVICE_EDIT,
)  # fmt: skip
ACCOUNT_FEATURES = FieldSection(
    "account_features", AccountFeatures, "Features of accounts",
    (
        *fields_of(AccountFeatures),
        *(replace(one, stands_for="As customer") if one.inherits else one for one in SERVICE_CONFIGURATION),
    ),
    P.CUSTOMER_READ, P.SERVICE_EDIT, left_to="customer",
)  # fmt: skip
LEGAL_INTERCEPT = FieldSection(
    "legal_intercept", LegalIntercept, "Legal intercept", fields_of(LegalIntercept), P.SERVICE_INTERCEPT,
    P.SERVICE_INTERCEPT,
)  # fmt: skip
TOP_UP_OPTION = FieldSection(
    "top_up_option", TopUpOption, "Top-up option",
    tuple(replace(one, rule=a_quantity) if one.name == "amount" else one for one in fields_of(TopUpOption)),
    P.CLASS_READ, P.CLASS_EDIT,
)  # fmt: skip
CUSTOM_FIELD = FieldSection(
    "custom_field", CustomField, "Custom field", fields_of(CustomField), P.CLASS_READ, P.CLASS_EDIT
)
DIALING = FieldSection("dialing", Dialing, "Abbreviated dialing", fields_of(Dialing), _SEEN, P.SERVICE_EDIT)
ABBREVIATED_NUMBER = FieldSection(
    "abbreviated_number", AbbreviatedNumber, "Abbreviated numbers", fields_of(AbbreviatedNumber), _SEEN, P.SERVICE_EDIT
)
FRAUD_PROFILE = FieldSection(
    "fraud_profile", FraudProfile, "Fraud profile", fields_of(FraudProfile), P.CLASS_READ, P.CLASS_EDIT
)
FRAUD_PROTECTION = FieldSection(
    "fraud_protection", FraudProtection, "Fraud protection", fields_of(FraudProtection), _SEEN, _EDITED
)
INVOICE_TEMPLATE = FieldSection(
    "invoice_template", InvoiceTemplate, "Invoice template", fields_of(InvoiceTemplate), P.CLASS_READ, P.CLASS_EDIT
)
AUTO_PAYMENT = FieldSection(
    "auto_payment", AutoPayment, "Automatic payment", fields_of(AutoPayment), _SEEN, P.MONEY_PAYMENT
)
SAVED_VIEW = FieldSection("saved_view", SavedView, "Saved view", fields_of(SavedView), _SEEN, _SEEN)
_ALL = (
    SAVED_VIEW,
    ADDITIONAL_INFO,
    REPRESENTATIVE,
    DISTRIBUTOR,
    TAG,
    CUSTOMER_TAG,
    RESELLER,
    TOP_FIELDS,
    ADDRESS_INFO,
    CREDIT_OPTIONS,
    PERSON,
    WEBHOOK,
    PLAN,
    QUOTA,
    CUSTOMER_CLASS,
    ACCOUNT,
    SELF_CARE,
    SELF_CARE_LOGIN,
    SERVICE_CONFIGURATION,
    ACCOUNT_FEATURES,
    LEGAL_INTERCEPT,
    TARIFF,
    RATE,
    DID,
    NUMBER_BATCH,
    FRAUD_PROFILE,
    CUSTOM_FIELD,
    DIALING,
    ABBREVIATED_NUMBER,
    FRAUD_PROTECTION,
    TAX_PROFILE,
    INVOICING,
    INVOICE_TEMPLATE,
    AUTO_PAYMENT,
    DISCOUNT_PLAN,
    DISCOUNT,
    MEASURED_SERVICE,
    TOP_UP_OPTION,
    OVERRIDE_TARIFF,
    WARNING_THRESHOLD,
)
SECTIONS = {section.name: section for section in _ALL}


def declared_field(entity: str, name: str) -> Field | None:
    """The declaration of a field of a kind of record, if it has one in a section."""
    sections = (section for section in SECTIONS.values() if section.model.__name__ == entity)
    return next((field for section in sections for field in section if field.name == name), None)
