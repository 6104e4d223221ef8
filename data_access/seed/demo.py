"""Filling an empty database with demo data: batch by batch, the same every time, and resumable after a stop."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from data_access.base.audit_hash_chain import sha256
from data_access.base.clock import Clock, system_clock
from data_access.base.errors import Rejected
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM, Actor
from data_access.base.running.garbage import no_collecting
from data_access.base.text.text_keys import fold
from data_access.domain.collections.policy import first_versions
from data_access.models.card.additional import Representative
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass
from data_access.models.card.fraud import FraudProfile
from data_access.models.card.invoicing import AutoPayment, InvoiceTemplate, InvoicingSettings
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.card.service_configuration import AccountFeatures, ServiceConfiguration
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.cards import PaymentMethod
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, CollectionStep, Holiday, Section
from data_access.models.customers import Account, Customer, Note
from data_access.models.history import PlannedMove, StatusEvent
from data_access.models.money import InvoiceSeries
from data_access.models.numbers import Did, NumberBatch
from data_access.models.people import Person, PersonalLimit, Reseller
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan, Readiness
from data_access.models.plans.wallets import TopUp, TopUpOption
from data_access.models.quotas import MeasuredUse, Quota, QuotaUse
from data_access.models.services import Subscription, SubscriptionPlan
from data_access.models.taxation import TaxProfile
from data_access.models.usage.measuring import MeasuredSample
from data_access.models.usage.tariffs import OverrideTariff, Tariff, TariffRate
from data_access.models.work.views import SavedView
from data_access.seed.card.belongings import did, features_of_accounts
from data_access.seed.card.rare_tabs import MODELS as RARE
from data_access.seed.card.rare_tabs import Catalogue, representative_rows
from data_access.seed.customer import DemoCustomer, Stage, tell
from data_access.seed.invoicing import (
    EXEMPT,
    OF_CLASSES,
    automatic_of,
    profile_rows,
    settings_of,
    template_rows,
)
from data_access.seed.names import LANDS
from data_access.seed.people import demo_limits, demo_people, demo_views
from data_access.seed.quotas import usage_in
from data_access.seed.reference import (
    CLASSES,
    INVOICES_BEFORE,
    RESELLERS,
    batch_rows,
    custom_field_rows,
    discount_plan_rows,
    fraud_profile_rows,
    holiday_rows,
    plan_rows,
    tag_rows,
    top_up_rows,
)
from data_access.seed.shift import work_a_shift
from data_access.seed.usage.tariffs import BUSINESS, STANDARD, of_class, rate_rows, tariff_rows
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import BulkLoad, bulk_load, fold_counts, know_the_rows, outdate_all

BATCH = 500
IDLE_NUMBERS = 60
BEFORE_ALL = timedelta(days=5000)  # older than any invoice of the demo: since when its first terms hold
_OTHERS = (
    Account,
    Subscription,
    Did,
    Note,
    PlannedMove,
    PaymentMethod,
    StatusEvent,
    SelfCareLogin,
    SelfCare,
    ServiceConfiguration,
    MeasuredSample,
    OverrideTariff,
    DiscountAssignment,
    TopUp,
    *RARE,
    CustomerTag,
)


def seed(
    engine: Engine,
    customers: int = 5000,
    clock: Clock = system_clock,
    *,
    with_demo_people: bool = False,
    archive_to: Path | None = None,
    actor: Actor = SYSTEM,
) -> int:
    """How many customers were written. Rejected if the database holds customers that are not of the demo.

    `archive_to`: where the archive of one customer goes, with the people; None: nobody is archived.
    The people come last: a demo that was stopped halfway is seen by their absence, and goes on where it stopped.
    """
    now = clock()
    _lay_ground(engine, actor, now)
    starts = range(0, customers, BATCH)
    with no_collecting():
        written = sum(_write_batch(engine, actor, now, start, min(BATCH, customers - start)) for start in starts)
    fold_counts(engine)
    outdate_all(engine)
    know_the_rows(engine)
    if with_demo_people and _write_people(engine, actor, now):
        work_a_shift(engine, now, archive_to)
    return written


_IDLE = {"customer_id": None, "fee": None}


def _order(part: str, now: datetime) -> CommandHeader:
    return CommandHeader(f"demo-{part}", "SeedDemo", sha256(part), "Demo data", lambda: now)


def _lay_ground(engine: Engine, actor: Actor, now: datetime) -> None:
    with bulk_load(engine, actor, _order("ground", now)) as load:
        if load.replayed() is not None:
            return
        _refuse_other_customers(load)
        load.insert(Reseller, [{"name": name, "name_key": fold(name)} for name in RESELLERS])
        profiles, templates = profile_rows(), template_rows()
        load.insert(TaxProfile, profiles)
        load.insert(InvoiceTemplate, templates)
        by_name = {row["name"]: row["id"] for row in profiles}
        fraud, batches, custom = fraud_profile_rows(), batch_rows(), custom_field_rows()
        load.insert(FraudProfile, fraud)
        load.insert(NumberBatch, batches)
        load.insert(CustomField, custom)
        load.insert(Representative, representative_rows())
        load.insert(Tag, tag_rows())
        protects = {row["currency"]: row["id"] for row in fraud}
        tariffs = tariff_rows()
        load.insert(Tariff, tariffs)
        tariff_ids = {row["name"]: row["id"] for row in tariffs}
        load.insert(TariffRate, list(rate_rows(tariff_ids)))
        classes = [
            one.row()
            | of_class(one.name, tariff_ids)
            | {
                "tax_profile_id": by_name.get(OF_CLASSES.get(one.name, "")),
                "fraud_profile_id": protects.get(one.currency or ""),
            }
            for one in CLASSES
        ]
        load.insert(CustomerClass, classes)
        enabled = [{"customer_class_id": of["id"], "custom_field_id": row["id"]} for of in classes for row in custom]
        load.insert(CustomFieldOfClass, enabled)
        for one, row in zip(CLASSES, classes, strict=True):
            by = {"command_id": load.order.command_id, "login": actor.login}
            versions = first_versions(row["id"], *one.policies(), at=now, **by)
            load.insert(
                CollectionPolicy,
                [each | {"at": now - BEFORE_ALL} if each["number"] == 1 else each for each in versions],
            )
        load.insert(Holiday, holiday_rows(now.year))
        load.insert(SubscriptionPlan, plan_rows())
        load.insert(DiscountPlan, discount_plan_rows())
        load.insert(TopUpOption, top_up_rows())
        load.insert(InvoiceSeries, [{"scope": "environment", "last": INVOICES_BEFORE}])
        draw = Random("idle numbers")
        load.insert(
            Did,
            [
                did(LANDS[0], f"30000000{n:02}", draw) | _IDLE | {"batch_id": batches[0]["id"]}
                for n in range(IDLE_NUMBERS)
            ],
        )
        load.complete({"laid_out": "Classes, plans, holidays and free numbers"})


def _refuse_other_customers(load: BulkLoad) -> None:
    if load.connection.execute(load.select(Customer).with_only_columns(Customer.id).limit(1)).first():
        raise Rejected("The database already holds customers: demo data goes into an empty one only.")


def _write_batch(engine: Engine, actor: Actor, now: datetime, start: int, size: int) -> int:
    with bulk_load(engine, actor, _order(f"customers-{start}", now)) as load:
        if load.replayed() is not None:
            return 0
        blanks: list[dict[str, int]] = [{} for _ in range(size)]
        load.reserve(Customer, blanks)
        stage = _stage(load)
        told = [tell(start + n, blank["id"], stage) for n, blank in enumerate(blanks)]
        load.insert(Customer, [one.row for one in told])
        load.keep(one.books for one in told)
        load.insert(CollectionStep, [row for one in told for row in one.pursuit.rows(one.books)])
        _write_quotas(load, told)
        for model in _OTHERS:
            load.insert(model, [row for one in told for row in one.others[model]])
        configured = ((one.others[Account], one.others[ServiceConfiguration]) for one in told)
        load.insert(AccountFeatures, [row for rows in configured for row in features_of_accounts(*rows)])
        load.insert(InvoicingSettings, list(settings_of(told, _exempt(load))))
        load.insert(AutoPayment, list(automatic_of(told)))
        load.complete({"customers": size})
    return size


def _exempt(load: BulkLoad) -> int:
    """The profile of those who are exempt."""
    named = load.select(TaxProfile).where(TaxProfile.name == EXEMPT).with_only_columns(TaxProfile.id)
    return int(load.connection.scalars(named).one())


def _write_quotas(load: BulkLoad, told: list[DemoCustomer]) -> None:
    load.insert(Quota, [one.quota for life in told for one in life.allotments])
    booked = {life.row["id"]: usage_in(life.books) for life in told if life.allotments}
    having = [(one, booked[life.row["id"]]) for life in told for one in life.allotments]
    load.insert(MeasuredUse, [row for one, usage in having for row in one.measured(usage)])
    load.insert(QuotaUse, [row for one, usage in having for row in one.taken(usage)])


def _stage(load: BulkLoad) -> Stage:
    classes = load.connection.execute(
        load.select(CustomerClass).with_only_columns(CustomerClass.name, CustomerClass.id)
    )
    class_ids = {row.name: row.id for row in classes}
    policies = (
        load.select(CollectionPolicy)
        .where(CollectionPolicy.section == Section.REGULAR, CollectionPolicy.number == 1)
        .with_only_columns(CollectionPolicy.customer_class_id, CollectionPolicy.id)
    )
    by_class = {row.customer_class_id: row.id for row in load.connection.execute(policies)}
    plans = load.select(SubscriptionPlan).with_only_columns(
        SubscriptionPlan.public_name, SubscriptionPlan.currency, SubscriptionPlan.id
    )
    tariffs = load.connection.execute(load.select(Tariff).with_only_columns(Tariff.name, Tariff.id))
    tariff_ids = {row.name: row.id for row in tariffs}
    discounts = (
        load.select(DiscountPlan)
        .where(DiscountPlan.readiness == Readiness.IN_USE)
        .with_only_columns(DiscountPlan.currency, DiscountPlan.id)
    )
    welcome = (
        load.select(TopUpOption).where(TopUpOption.fee == ZERO).with_only_columns(TopUpOption.currency, TopUpOption.id)
    )
    resellers = load.select(Reseller).with_only_columns(Reseller.id).order_by(Reseller.id)
    return Stage(
        class_ids,
        {name: by_class[class_id] for name, class_id in class_ids.items()},
        {(row.public_name, row.currency): row.id for row in load.connection.execute(plans)},
        {row.currency: row.id for row in load.connection.execute(discounts)},
        {row.currency: row.id for row in load.connection.execute(welcome)},
        list(load.connection.scalars(load.select(Tag).with_only_columns(Tag.id).order_by(Tag.id))),
        list(load.connection.scalars(resellers)),
        load.order.command_id,
        count(1),
        frozenset(load.connection.scalars(load.select(Holiday).with_only_columns(Holiday.day))),
        load.now,
        {"original_id": tariff_ids[STANDARD], "override_id": tariff_ids[BUSINESS]},
        _catalogue(load),
    )


def _catalogue(load: BulkLoad) -> Catalogue:
    custom = load.select(CustomField).with_only_columns(CustomField.id, CustomField.name, CustomField.kind)
    people = load.select(Representative).with_only_columns(Representative.id).order_by(Representative.id)
    return Catalogue(
        {row.name: (row.id, row.kind) for row in load.connection.execute(custom)},
        tuple(load.connection.scalars(people)),
    )


def _write_people(engine: Engine, actor: Actor, now: datetime) -> bool:
    """Whether they were written now."""
    with bulk_load(engine, actor, _order("people", now)) as load:
        if load.replayed() is not None:
            return False
        people = demo_people(now)
        load.insert(Person, people)
        load.insert(PersonalLimit, demo_limits(people))
        load.insert(SavedView, demo_views(people))
        load.complete({"laid_out": "The people of the demo"})
        return True
