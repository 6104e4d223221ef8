"""Rates of a customer: which tariffs price its usage, and the one look-up that its tab and the rating share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_

from data_access.base.permissions import Actor, Permission
from data_access.domain.usage.rating import LookUp, Price, PricedPrefix, Rated, Use, longest, prefixes_of, price_of
from data_access.models.base import other
from data_access.models.card.additional import AdditionalInfo
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.usage.tariffs import OverrideTariff, Tariff, TariffRate
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

_AT_ONCE = 5_000  # prefixes that one statement asks for
_OVER = other(Tariff)


@dataclass(frozen=True, slots=True)
class Named:
    """A tariff, as far as a look-up tells of it."""

    tariff_id: int
    name: str


@dataclass(frozen=True, slots=True)
class TariffPair:
    """The tariff that prices a customer's usage, and the one that overrides it there, if one does."""

    original: Named
    override: Named | None = None

    @property
    def ids(self) -> set[int]:
        return {one.tariff_id for one in (self.original, self.override) if one is not None}


def pairs_of(look: Looks, customer_ids: Collection[int]) -> dict[int, TariffPair]:
    """The tariff of each customer's class with what overrides it; a customer without a tariff is left out."""
    query = (
        visible(Customer, look.actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .join(Tariff, Tariff.id == CustomerClass.tariff_id)
        .outerjoin(AdditionalInfo, AdditionalInfo.customer_id == Customer.id)
        .outerjoin(
            OverrideTariff,
            and_(
                OverrideTariff.customer_id == Customer.id,
                OverrideTariff.original_id == Tariff.id,
                OverrideTariff.removed_at.is_(None),
                AdditionalInfo.override_tariffs_enabled,
            ),
        )
        .outerjoin(_OVER, _OVER.id == OverrideTariff.override_id)
        .where(Customer.id.in_(customer_ids))
        .with_only_columns(Customer.id, Tariff.id, Tariff.name, _OVER.id, _OVER.name)
    )
    return {
        customer_id: TariffPair(Named(tariff_id, name), None if over_id is None else Named(over_id, over))
        for customer_id, tariff_id, name, over_id, over in look.session.execute(query)
    }


def no_tariff(class_name: str, actor: Actor) -> str:
    """Why nothing of a customer can be rated, as a sentence."""
    return (
        f"The customer class {class_name} names no tariff: nothing can be rated. "
        f"{actor.who_can(Permission.CLASS_EDIT).capitalize()} can choose one for it."
    )


def look_up(look: Looks, pair: TariffPair, number: str) -> LookUp:
    """A number asked of both tariffs."""
    return look_ups(look, [(pair, number)])[0]


def look_ups(look: Looks, asked: Sequence[tuple[TariffPair, str]]) -> list[LookUp]:
    """Each number asked of its tariffs, in the same order."""
    wanted = sorted({prefix for _, number in asked for prefix in prefixes_of(number)})
    rates = _rates(look, {one for pair, _ in asked for one in pair.ids}, wanted)
    return [
        LookUp(
            number,
            _rated(pair.original, number, rates),
            None if pair.override is None else _rated(pair.override, number, rates),
        )
        for pair, number in asked
    ]


def _rated(tariff: Named, number: str, rates: Mapping[int, Mapping[str, PricedPrefix]]) -> Rated:
    own = rates.get(tariff.tariff_id, {})
    return Rated(tariff.name, longest(number, (own[one] for one in prefixes_of(number) if one in own)))


def _rates(look: Looks, tariff_ids: Iterable[int], prefixes: list[str]) -> dict[int, dict[str, PricedPrefix]]:
    found: dict[int, dict[str, PricedPrefix]] = {}
    for start in range(0, len(prefixes), _AT_ONCE):
        query = visible(TariffRate, look.actor).where(
            TariffRate.tariff_id.in_(tariff_ids), TariffRate.prefix.in_(prefixes[start : start + _AT_ONCE]),
            TariffRate.removed_at.is_(None),
        )  # fmt: skip
        for row in look.session.execute(query.with_only_columns(TariffRate.tariff_id, *_PRICED)):
            found.setdefault(row.tariff_id, {})[row.prefix] = PricedPrefix(*row[1:])
    return found


_PRICED = tuple(getattr(TariffRate, name) for name in PricedPrefix.__dataclass_fields__)


def prices_of(look: Looks, uses: Sequence[tuple[int, Use]]) -> list[Price | str]:
    """What each use of a customer costs, or why it has no price, in the same order."""
    pairs = pairs_of(look, {customer_id for customer_id, _ in uses})
    having = [(pairs[customer_id], use) for customer_id, use in uses if customer_id in pairs]
    found = iter(zip(having, look_ups(look, [(pair, use.number) for pair, use in having]), strict=True))
    return [
        _price(*next(found)) if customer_id in pairs else "The class of the customer names no tariff."
        for customer_id, _ in uses
    ]


def _price(asked: tuple[TariffPair, Use], found: LookUp) -> Price | str:
    try:
        return price_of(asked[1], found)
    except ValueError as none:
        return str(none)
