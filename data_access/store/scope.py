"""Row visibility: the only place where a table is selected directly. What is not declared here is visible to nobody."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, inspect, or_, select, true

from data_access.base.choices.viewed_lists import SharedWith
from data_access.base.permissions import Actor
from data_access.models.base import Base
from data_access.models.bulk import BulkRow, BulkRun
from data_access.models.card.additional import AdditionalInfo, Distributor, Representative
from data_access.models.card.callers import CallerVerification
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomValue
from data_access.models.card.dialing import AbbreviatedNumber, Dialing
from data_access.models.card.fraud import FraudProfile, FraudProtection
from data_access.models.card.invoicing import AutoPayment, InvoiceTemplate, InvoicingSettings
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.card.service_configuration import AccountFeatures, LegalIntercept, ServiceConfiguration
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.cards import CardOperation, CardPayment, PaymentMethod
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import (
    CollectionPolicy,
    CollectionStep,
    Holiday,
    Promise,
    PromisePayment,
    WarningThreshold,
)
from data_access.models.counts import CustomerCount, ExposureSum, OverdueSum
from data_access.models.customers import Account, Customer, Note
from data_access.models.history import Change, CommandLog, InvoiceRequest, PersonalValue, PlannedMove, StatusEvent
from data_access.models.jobs import Archive, JobRun, JobTrouble
from data_access.models.kept.foreseen import ForeseenStep, OutdatedForecast
from data_access.models.kept.search_texts import SearchText
from data_access.models.money import Allocation, Invoice, InvoiceLine, InvoiceSeries, Transaction
from data_access.models.numbers import Did, NumberBatch
from data_access.models.outbox import Message, Webhook
from data_access.models.people import Person, PersonalLimit, Reseller, SignInSession
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan
from data_access.models.plans.wallets import TopUp, TopUpOption, WalletUse
from data_access.models.quotas import MeasuredUse, Quota, QuotaUse
from data_access.models.services import Subscription, SubscriptionPlan
from data_access.models.taxation import InvoiceTax, TaxProfile
from data_access.models.usage.measuring import MeasuredSample, MeasuredService
from data_access.models.usage.tariffs import OverrideTariff, Tariff, TariffRate
from data_access.models.work.export_files import ExportFile
from data_access.models.work.imports import FileImport, FilePart, ImportBatch
from data_access.models.work.views import ListHabit, SavedView, ViewReader

M = TypeVar("M", bound=Base)
Scope = Callable[[Actor], ColumnElement[bool]]
_OWNERS = inspect(Person).local_table.alias("owners")  # as a table: whom one sees says nothing about who shares


def _own_customers(actor: Actor) -> Any:
    return select(Customer.id).where(Customer.reseller_id == actor.reseller_id).scalar_subquery()


def _commands_on_own_customers(actor: Actor) -> Any:
    """Bulk loads too, which are about many customers: of what they changed, each sees their own customers' part."""
    return select(Change.command_id).where(Change.customer_id.in_(_own_customers(actor)))


def reaches(actor: Actor) -> ColumnElement[bool]:
    """Whether a view is the actor's own, or shared with them by name, by their role or with everyone.

    It gives nobody a right: each sees in it what they see anyway. Who sees the customers of one reseller shares by role
    with the people of that reseller alone.
    """
    named = select(ViewReader.view_id).where(ViewReader.person_id == actor.person_id, ViewReader.removed_at.is_(None))
    near = or_(_OWNERS.c.reseller_id.is_(None), _OWNERS.c.reseller_id == actor.reseller_id)
    of_near = exists(_OWNERS.c.id).where(_OWNERS.c.id == SavedView.owner_id, near).correlate(SavedView)
    return or_(
        SavedView.owner_id == actor.person_id,
        SavedView.shared_with == SharedWith.EVERYONE,
        and_(SavedView.shared_with == SharedWith.PEOPLE, SavedView.id.in_(named)),
        and_(SavedView.shared_with == SharedWith.ROLE, SavedView.role == actor.role, of_near),
    )


def _own_views(actor: Actor) -> Any:
    return select(SavedView.id).where(SavedView.owner_id == actor.person_id).scalar_subquery()


def _own_imports(actor: Actor) -> Any:
    return select(FileImport.id).where(FileImport.person_id == actor.person_id).scalar_subquery()


def _uploads_of_others(actor: Actor) -> Any:
    return select(FileImport.upload).where(FileImport.person_id != actor.person_id).scalar_subquery()


def _of_own_customer(model: Any) -> Scope:
    return lambda actor: model.customer_id.in_(_own_customers(actor))


def _of_own_reseller(model: Any) -> Scope:
    return lambda actor: model.reseller_id == actor.reseller_id


def _everyone(_actor: Actor) -> ColumnElement[bool]:
    return true()


SCOPES: dict[type[Base], Scope] = {
    Customer: lambda actor: Customer.reseller_id == actor.reseller_id,
    **{model: _of_own_reseller(model) for model in (CustomerCount, OverdueSum, ExposureSum, ForeseenStep)},
    OutdatedForecast: lambda actor: or_(
        OutdatedForecast.customer_id.is_(None), OutdatedForecast.customer_id.in_(_own_customers(actor))
    ),
    SearchText: _of_own_customer(SearchText),
    CustomerClass: _everyone,
    CollectionPolicy: _everyone,
    SubscriptionPlan: _everyone,
    Tariff: _everyone,
    TariffRate: _everyone,
    NumberBatch: _everyone,
    TaxProfile: _everyone,
    InvoiceTemplate: _everyone,
    DiscountPlan: _everyone,
    TopUpOption: _everyone,
    FraudProfile: _everyone,
    CustomField: _everyone,
    CustomFieldOfClass: _everyone,
    Holiday: _everyone,
    InvoiceSeries: _everyone,
    JobRun: _everyone,
    Webhook: _everyone,
    Reseller: lambda actor: Reseller.id == actor.reseller_id,
    Person: lambda actor: Person.reseller_id == actor.reseller_id,
    PersonalLimit: lambda actor: PersonalLimit.person_id.in_(
        select(Person.id).where(Person.reseller_id == actor.reseller_id).scalar_subquery()
    ),
    SignInSession: lambda actor: SignInSession.person_id.in_(
        select(Person.id).where(Person.reseller_id == actor.reseller_id)
    ),
    SavedView: reaches,
    ViewReader: lambda actor: or_(ViewReader.person_id == actor.person_id, ViewReader.view_id.in_(_own_views(actor))),
    ExportFile: lambda actor: ExportFile.person_id == actor.person_id,
    ListHabit: lambda actor: ListHabit.person_id == actor.person_id,
    AdditionalInfo: _of_own_customer(AdditionalInfo),
    Representative: _everyone,
    Distributor: _everyone,
    Tag: _everyone,
    CustomerTag: _of_own_customer(CustomerTag),
    Account: _of_own_customer(Account),
    Subscription: _of_own_customer(Subscription),
    Did: _of_own_customer(Did),
    MeasuredService: _of_own_customer(MeasuredService),
    MeasuredSample: _of_own_customer(MeasuredSample),
    FraudProtection: _of_own_customer(FraudProtection),
    OverrideTariff: _of_own_customer(OverrideTariff),
    Dialing: _of_own_customer(Dialing),
    CustomValue: _of_own_customer(CustomValue),
    AbbreviatedNumber: _of_own_customer(AbbreviatedNumber),
    Quota: _of_own_customer(Quota),
    MeasuredUse: _of_own_customer(MeasuredUse),
    QuotaUse: _of_own_customer(QuotaUse),
    DiscountAssignment: _of_own_customer(DiscountAssignment),
    TopUp: _of_own_customer(TopUp),
    WalletUse: _of_own_customer(WalletUse),
    Note: _of_own_customer(Note),
    SelfCare: _of_own_customer(SelfCare),
    SelfCareLogin: _of_own_customer(SelfCareLogin),
    CallerVerification: _of_own_customer(CallerVerification),
    ServiceConfiguration: _of_own_customer(ServiceConfiguration),
    AccountFeatures: _of_own_customer(AccountFeatures),
    LegalIntercept: _of_own_customer(LegalIntercept),
    Invoice: _of_own_customer(Invoice),
    Transaction: _of_own_customer(Transaction),
    Allocation: _of_own_customer(Allocation),
    InvoiceLine: _of_own_customer(InvoiceLine),
    InvoiceTax: _of_own_customer(InvoiceTax),
    InvoicingSettings: _of_own_customer(InvoicingSettings),
    AutoPayment: _of_own_customer(AutoPayment),
    CollectionStep: _of_own_customer(CollectionStep),
    Promise: _of_own_customer(Promise),
    PromisePayment: _of_own_customer(PromisePayment),
    WarningThreshold: _of_own_customer(WarningThreshold),
    PaymentMethod: _of_own_customer(PaymentMethod),
    CardPayment: _of_own_customer(CardPayment),
    CardOperation: _of_own_customer(CardOperation),
    BulkRun: lambda actor: BulkRun.person_id.in_(
        select(Person.id).where(Person.reseller_id == actor.reseller_id).scalar_subquery()
    ),
    BulkRow: _of_own_customer(BulkRow),
    FileImport: lambda actor: FileImport.person_id == actor.person_id,
    FilePart: lambda actor: FilePart.upload.not_in(_uploads_of_others(actor)),
    ImportBatch: lambda actor: ImportBatch.import_id.in_(_own_imports(actor)),
    Message: _of_own_customer(Message),
    JobTrouble: _of_own_customer(JobTrouble),
    Archive: _of_own_customer(Archive),
    StatusEvent: _of_own_customer(StatusEvent),
    PlannedMove: _of_own_customer(PlannedMove),
    InvoiceRequest: _of_own_customer(InvoiceRequest),
    CommandLog: lambda actor: or_(
        CommandLog.customer_id.in_(_own_customers(actor)),
        CommandLog.person_id == actor.person_id,
        and_(CommandLog.customer_id.is_(None), CommandLog.id.in_(_commands_on_own_customers(actor))),
    ),
    Change: _of_own_customer(Change),
    PersonalValue: lambda actor: PersonalValue.id.in_(
        select(Change.personal_id).where(Change.customer_id.in_(_own_customers(actor)))
    ),
}


TABLES = frozenset(model.__tablename__ for model in SCOPES)
_WRITTEN_BY_ALL = frozenset({CommandLog.__tablename__, Change.__tablename__, PersonalValue.__tablename__})
_FOLLOWS = {  # kept by the database's own triggers
    CustomerCount.__tablename__: frozenset({Customer.__tablename__}),
    SearchText.__tablename__: frozenset(
        model.__tablename__ for model in (Customer, AdditionalInfo, Account, SelfCareLogin, Did)
    ),
    ExposureSum.__tablename__: frozenset({Customer.__tablename__}),
    OverdueSum.__tablename__: frozenset({Customer.__tablename__, Invoice.__tablename__}),
    OutdatedForecast.__tablename__: frozenset(
        model.__tablename__
        for model in (Customer, Invoice, CollectionStep, PlannedMove, Message, Holiday, CustomerClass)
    ),
}


@lru_cache(maxsize=2_000)
def tables_read(statement: str) -> frozenset[str]:
    """The tables that a statement names, those that others follow from in place of these; at worst one too many."""
    named = TABLES.intersection(re.findall(r"\w+", statement))
    return named.union(*(_FOLLOWS[table] for table in named & _FOLLOWS.keys()))


def tables_written(noted: str | None) -> frozenset[str]:
    """The tables that a command wrote to, by what its entry says."""
    return TABLES if noted is None else _WRITTEN_BY_ALL.union(noted.split())


def visible(model: type[M], actor: Actor) -> Select[M]:
    """Rows of this table that the actor may see: all of them, or their own reseller's."""
    mine = SCOPES[model]  # KeyError: declare the table's scope first
    return select(model) if actor.reseller_id is None else select(model).where(mine(actor))
