"""Volume discounts calculated: how much usage of a billing period counted, and what a rule takes off what is above."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import groupby, pairwise

from data_access.base.bookings import SERVICES
from data_access.base.money import SCALE, ZERO
from data_access.base.text.labels import word
from data_access.fields.field import Field
from data_access.fields.kinds import AMOUNT, CHOICE, PER_CENT, json_rows
from data_access.models.quotas import Unit

AMOUNT_COUNTED = "amount"
_SMALLEST = Decimal(1).scaleb(-SCALE)
_DIGITS = 60  # of the product of amounts, with room to divide it
_MEASURES = {AMOUNT_COUNTED: "Amount charged"} | {unit.value: word(unit) for unit in Unit}

RULE_ROWS = json_rows(
    Field(CHOICE, "Service", choices={name: name for name in SERVICES}, needed="Choose the service.", name="service"),
    Field(CHOICE, "Counted in", choices=_MEASURES, needed="Choose what is counted.", name="measure"),
    Field(AMOUNT, "Above", least=0, needed="Give the threshold.", name="above"),
    Field(PER_CENT, "Percent off", 100, least=0, needed="Give the rate.", name="percent"),
    says="What is above a threshold, up to the next one, is discounted by its rate. 0 discounts from the first on.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Tier:
    """What is above a threshold is discounted by a rate, up to the threshold of the next tier."""

    above: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """The tiers of a service, the lowest first. `unit` None: the amount charged counts, not the quantity."""

    service: str
    unit: Unit | None
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class CountedUse:
    """A usage charge: its amount, and the quantity that was charged where it is known in a unit."""

    amount: Decimal
    quantity: Decimal = ZERO
    unit: Unit | None = None

    def measured(self, rule: Rule) -> Decimal:
        """How much of it counts under a rule."""
        if rule.unit is None:
            return self.amount
        return self.quantity if rule.unit is self.unit else ZERO


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rule has come in a period: what has counted, and what is taken off for it."""

    rule: Rule
    counted: Decimal
    off: Decimal

    @property
    def rate(self) -> Decimal:
        """The rate for what is used next."""
        return next((tier.percent for tier in reversed(self.rule.tiers) if tier.above <= self.counted), ZERO)

    @property
    def next_tier(self) -> Tier | None:
        """The first tier that is still to be reached."""
        return next((tier for tier in self.rule.tiers if tier.above > self.counted), None)

    @property
    def missing(self) -> Decimal | None:
        """How much more has to count until then; None where no tier is left."""
        return None if self.next_tier is None else self.next_tier.above - self.counted


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a plan by service. ValueError where rows do not fit together."""
    rows = sorted(_row(cells) for cells in (RULE_ROWS.split(text) if text else []))
    rules = []
    for service, of_service in groupby(rows, key=lambda row: row[0]):
        tiers = list(of_service)
        if len({measure for _, measure, _ in tiers}) > 1:
            raise ValueError(f"{service}: count in one measure only, the same in each row.")
        if any(one.above == following.above for (*_, one), (*_, following) in pairwise(tiers)):
            raise ValueError(f"{service}: each threshold needs a row of its own, and one only.")
        measure = tiers[0][1]
        unit = None if measure == AMOUNT_COUNTED else Unit(measure)
        rules.append(Rule(service, unit, tuple(tier for *_, tier in tiers)))
    return tuple(rules)


def _row(cells: Sequence[str]) -> tuple[str, str, Tier]:
    service, measure, above, percent = (
        column.read(cell) for column, cell in zip(RULE_ROWS.columns, cells, strict=True)
    )
    return service, measure, Tier(above, percent)


def sound_rules(text: str) -> str:
    """The rules as typed, if they fit together: the last word on the field."""
    read_rules(text)
    return text


def rules_in_words(text: str) -> str:
    """The rules of a plan, a sentence each."""
    return "; ".join(
        f"{rule.service}: {', '.join(_tier_in_words(rule, tier) for tier in rule.tiers)}" for rule in read_rules(text)
    )


def _tier_in_words(rule: Rule, tier: Tier) -> str:
    above = f"{tier.above.normalize() + 0:,f}"
    return f"{percent_in_words(tier.percent)} off above {f'{above} {rule.unit}' if rule.unit else above}"


def percent_in_words(percent: Decimal) -> str:
    """A rate as people read it: `12.5 %`."""
    return f"{percent.normalize() + 0:f} %"


def written(rules: Iterable[tuple[str, str, str, str]]) -> str:
    """Rows of service, measure, threshold and rate as a plan stores them."""
    return json.dumps([list(row) for row in rules])


def progress(rule: Rule, charges: Iterable[CountedUse]) -> Progress:
    """How far charges bring a rule, in the order in which they were made; the sum is rounded once."""
    counted = off = ZERO
    with localcontext(prec=_DIGITS):
        for charge in charges:
            measured = charge.measured(rule)
            if measured > ZERO:
                share = sum(part * percent for part, percent in _parts(rule, counted, counted + measured))
                off += charge.amount * share / measured / 100
                counted += measured
        return Progress(rule, counted, off.quantize(_SMALLEST, ROUND_HALF_UP))


def _parts(rule: Rule, first: Decimal, last: Decimal) -> Iterable[tuple[Decimal, Decimal]]:
    """How much of what lies between two counts is in each tier, with the rate of the tier."""
    ends = [*(tier.above for tier in rule.tiers[1:]), last]
    for tier, end in zip(rule.tiers, ends, strict=True):
        part = min(end, last) - max(tier.above, first)
        if part > ZERO:
            yield part, tier.percent
