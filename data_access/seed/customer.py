"""One complete demo customer: its row, its books, its status events and what it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from data_access.base.money import ZERO
from data_access.domain.billing.ledger import Books
from data_access.domain.billing.periods import closes_at
from data_access.domain.collections.dunning import StepCalendar
from data_access.domain.validation import folded_keys
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.card.service_configuration import ServiceConfiguration
from data_access.models.card.tags import CustomerTag
from data_access.models.cards import PaymentMethod
from data_access.models.customers import Account, BalanceControl, Note
from data_access.models.history import PlannedMove, StatusEvent
from data_access.models.numbers import Did
from data_access.models.plans.discounts import DiscountAssignment
from data_access.models.plans.wallets import TopUp
from data_access.models.services import Subscription
from data_access.models.usage.measuring import MeasuredSample
from data_access.models.usage.tariffs import OverrideTariff
from data_access.seed import money
from data_access.seed.card import belongings
from data_access.seed.card.rare_tabs import Catalogue, rare_rows
from data_access.seed.cards import cards_of
from data_access.seed.destiny import ENDED, Destiny, Life, draw_life
from data_access.seed.facts import status_of
from data_access.seed.names import whereabouts
from data_access.seed.pursued import Pursuit, pursue
from data_access.seed.quotas import Allotment, allotments_of
from data_access.seed.reference import CLOSING_DELAY_HOURS, Segment
from data_access.seed.usage.counted import samples_of
from data_access.seed.usage.tariffs import is_overridden

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A demo customer as rows for the bulk door; the others carry its id."""

    row: Row
    books: Books
    pursuit: Pursuit
    others: dict[type[Any], list[Row]]
    allotments: list[Allotment]


@dataclass(frozen=True, slots=True)
class Stage:
    """What customers refer to: ids of classes, policies, plans and resellers, the command that writes them, and now."""

    class_ids: dict[str, int]
    policy_ids: dict[str, int]
    plan_ids: dict[tuple[str, str], int]
    discount_ids: dict[str, int]
    welcome_ids: dict[str, int]
    tag_ids: list[int]
    reseller_ids: list[int]
    command_id: str
    lines: Iterator[int]
    holidays: frozenset[date]
    now: datetime
    override: Row
    catalogue: Catalogue


def tell(number: int, customer_id: int, stage: Stage) -> DemoCustomer:
    """The customer of a number, the same in every run that starts at the same moment."""
    draw = Random(f"customer {number}")
    life = draw_life(number, draw, stage.now)
    books = Books(
        customer_id,
        life.land.currency,
        life.land.zone,
        stage.command_id,
        stage.lines,
        stage.policy_ids[life.of_class.name],
    )
    allotments = allotments_of(life, customer_id)
    money.play(books, life, draw, [entry for one in allotments for entry in one.entries()])
    pursuit = pursue(life, books, StepCalendar(life.land.zone, stage.holidays, customer_id))
    facts, events = status_of(life, books, pursuit, draw)
    row = _row(life, books, stage, draw) | facts | {"collect_at": _visit(facts, pursuit)}
    return DemoCustomer(
        row, books, pursuit, _others(life, customer_id, draw, stage) | {StatusEvent: events}, allotments
    )


def _visit(facts: Row, pursuit: Pursuit) -> datetime | None:
    """When collection has to look again: at the end of a lift, if that comes first."""
    until = facts.get("suspension_lifted_until")
    return min((at for at in (until, pursuit.visit) if at is not None), default=None)


def _row(life: Life, books: Books, stage: Stage, draw: Random) -> Row:
    code = f"{life.land.code}{100_000 + life.number}"
    who = whereabouts(life.land, draw, is_company=life.of_class.segment in (Segment.BUSINESS, Segment.WHOLESALE))
    return who | folded_keys(who | {"customer_code": code}) | books.summaries() | {
        "id": books.customer_id, "customer_code": code, "created_at": life.created_at,
        "customer_class_id": stage.class_ids[life.of_class.name], "currency": life.land.currency,
        "reseller_id": draw.choice(stage.reseller_ids) if draw.random() < 0.22 else None,
        "balance_control": BalanceControl.PREPAID if life.pays_ahead else BalanceControl.POSTPAID,
        "credit_limit": _limit(life, books, draw), "billing_zone": life.land.zone,
        "billing_period": life.billed,
    } | _period(life)  # fmt: skip


def _period(life: Life) -> Row:
    """The period that runs; who is gone for good has none."""
    if life.destiny in ENDED:
        return {}
    running = life.period_on(life.today)
    return {
        "period_from": running.first, "period_to": running.last,
        "closes_at": closes_at(running, life.land.zone, CLOSING_DELAY_HOURS),
    }  # fmt: skip


def _limit(life: Life, books: Books, draw: Random) -> Decimal | None:
    """Usually roomy; a few have none at all, which means unlimited credit."""
    if life.pays_ahead:
        return None
    if life.destiny is Destiny.OVER_LIMIT:
        return _rounded(books.balance * Decimal("0.7"))
    if draw.random() < 0.05:
        return None
    usual = life.of_class.default_credit_limit or Decimal(150 * life.land.price)
    return max(usual, _rounded(books.balance * Decimal(draw.choice(("1.1", "1.5", "2.5")))) + 10)


def _rounded(amount: Decimal) -> Decimal:
    return max(amount // 10 * 10, ZERO)


def _others(life: Life, customer_id: int, draw: Random, stage: Stage) -> dict[type[Any], list[Row]]:
    rows = {
        Account: belongings.accounts_of(life, draw),
        Subscription: belongings.subscriptions_of(life, draw, stage.plan_ids, life.period_on(life.today)),
        Did: belongings.dids_of(life, draw, life.period_on(life.today)),
        DiscountAssignment: belongings.discounts_of(life, stage.discount_ids, life.period_on(life.today)),
        TopUp: belongings.top_ups_of(life, stage.welcome_ids),
        Note: belongings.notes_of(life, draw),
        CustomerTag: belongings.tags_of(life, stage.tag_ids),
        PlannedMove: _plans(life, draw),
        PaymentMethod: cards_of(life),
        SelfCareLogin: belongings.logins_of(life),
        SelfCare: belongings.self_care_of(life),
        ServiceConfiguration: belongings.features_of(life),
        MeasuredSample: samples_of(life),
        OverrideTariff: iter([stage.override] if is_overridden(life) else []),
    }
    told: dict[type[Any], list[Row]] = {model: list(those) for model, those in rows.items()}
    codes = tuple(row["account_code"] for row in told[Account])
    told |= rare_rows(life, stage.catalogue, codes, overrides=is_overridden(life))
    return {model: [row | {"customer_id": customer_id} for row in those] for model, those in told.items()}


def _plans(life: Life, draw: Random) -> Iterator[Row]:
    if life.destiny is Destiny.IN_ORDER and draw.random() < 0.02:
        yield {
            "move": "provisionally_terminate", "due_on": life.today + timedelta(days=draw.randint(2, 60)),
            "login": "manager", "reason": "The customer gave notice.",
            "planned_at": max(life.created_at, life.now - timedelta(days=draw.uniform(0.1, 20))),
        }  # fmt: skip
