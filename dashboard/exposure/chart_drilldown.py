"""Drill-down: the URL of the customers behind a mark of a chart or a figure, as conditions of Advanced search."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from data_access.base.money import SCALE
from data_access.domain.limit_use import NEAR, LimitUse
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.operations import Operation
from data_access.search.search_fields import CONTROLS_OFFERED

Address = dict[str, list[str]]
_LEAST = Decimal(1).scaleb(-SCALE)
_POSTPAID, _PREPAID = (Condition("balance_control", Operation.IS, (control,)) for control in CONTROLS_OFFERED)
_LIMITED = Condition("no_credit_limit", Operation.IS, ("no",))
_BANDS: dict[LimitUse, tuple[Condition, ...]] = {
    LimitUse.PREPAID: (_PREPAID,),
    LimitUse.IN_CREDIT: (_POSTPAID, Condition("balance", Operation.AT_MOST, (f"-{_LEAST:f}",))),
    LimitUse.NO_LIMIT: (
        Condition("no_credit_limit", Operation.IS, ("yes",)),
        Condition("balance", Operation.AT_LEAST, ("0",)),
    ),
    LimitUse.OVER: (Condition("over_the_limit", Operation.IS, ("yes",)),),
    LimitUse.UNUSED: (_POSTPAID, _LIMITED, Condition("balance", Operation.IS, ("0",))),
    LimitUse.FROM_80: (
        Condition("use_of_limit", Operation.AT_LEAST, (f"{NEAR * 100:f}",)),
        Condition("over_the_limit", Operation.IS, ("no",)),
    ),
    LimitUse.UNDER_80: (
        Condition("balance", Operation.AT_LEAST, (f"{_LEAST:f}",)),
        Condition("use_of_limit", Operation.BELOW, (f"{NEAR * 100:f}",)),
    ),
}


def postpaid(currency: str) -> Address:
    """Everybody whose balance is set against a limit or none."""
    return _address(currency, _POSTPAID)


def band(currency: str, of: str) -> Address:
    """Those who stand in a band."""
    return _address(currency, *_BANDS[LimitUse(of)])


def bar(currency: str, mark: Sequence[Any]) -> Address:
    """Those of a bar of the histogram: its band, and the step of the limit in use where it has one."""
    of, start, end = mark[0], mark[1], mark[2]
    steps = [] if start is None else [Condition("use_of_limit", Operation.AT_LEAST, (_per_cent(start),))]
    if end is not None and end != 1:  # exactly at the limit is not over it: that edge is the band's own
        steps.append(Condition("use_of_limit", Operation.BELOW, (_per_cent(end),)))
    return _address(currency, *_BANDS[LimitUse(of)], *steps)


def cell(currency: str, mark: Sequence[Any]) -> Address:
    """Those of a cell of limit and balance; its upper edges belong to its neighbours."""
    limit_from, limit_to, balance_from, balance_to = mark[:4]
    between = [*_between("limit_in_force", limit_from, limit_to), *_between("balance", balance_from, balance_to)]
    return _address(currency, *between)


def _between(field: str, low: Any, high: Any) -> tuple[Condition, Condition]:
    least, most = Decimal(str(low)), Decimal(str(high)) - _LEAST
    return (
        Condition(field, Operation.AT_LEAST, (f"{least.normalize() + 0:f}",)),
        Condition(field, Operation.AT_MOST, (f"{most:f}",)),
    )


def _per_cent(share: float) -> str:
    return str(round(share * 100))


def _address(currency: str, *conditions: Condition) -> Address:
    in_currency = Condition("currency", Operation.IS, (currency,))
    return AdvancedFilter((in_currency, *conditions)).to_params()
