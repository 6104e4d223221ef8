"""Features of services: which fields make each up, what holds of it for a customer, and what fits together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_access.fields.field import Value
from data_access.fields.section import FieldSection

_TOTAL = "calls_total"
_PARTS = ("calls_incoming", "calls_outgoing", "calls_forwarded")


@dataclass(frozen=True, slots=True)
class Feature:
    """What a customer has of its own as a whole, or as a whole from its class: `leads` says which."""

    leads: str
    more: tuple[str, ...] = ()


FEATURES = (
    Feature("music_on_hold", ("music_file",)),
    Feature("call_parking"),
    Feature("paging", ("paging_prefix",)),
    Feature("identity_accepted"),
    Feature("identity_supplied"),
    Feature("limits_calls", (_TOTAL, *_PARTS)),
    Feature("dialing_rules", ("outside_prefix", "international_prefix", "national_prefix")),
    Feature("rtp_proxy"),
)


@dataclass(frozen=True, slots=True)
class FeatureInForce:
    """A feature in words: one's own, blank where there is none, and what is given otherwise."""

    label: str
    own: str
    inherited: str

    @property
    def effective(self) -> str:
        return self.own or self.inherited


def held(own: Mapping[str, Value], of_class: Mapping[str, Value]) -> dict[str, Value]:
    """What holds of every feature, field by field: the own one as a whole, or that of the class."""
    return {
        name: (of_class if own[one.leads] is None else own)[name] for one in FEATURES for name in (one.leads, *one.more)
    }


def has_none(own: Mapping[str, Value]) -> bool:
    """Whether every feature is left to somebody else."""
    return all(own[one.leads] is None for one in FEATURES)


def in_force(section: FieldSection, own: Mapping[str, Value], of_class: Mapping[str, Value]) -> list[FeatureInForce]:
    """Every feature, in its order."""
    return [
        FeatureInForce(section[one.leads].label, _said(section, one, own), _said(section, one, of_class))
        for one in FEATURES
    ]


def _said(section: FieldSection, feature: Feature, values: Mapping[str, Value]) -> str:
    leads = values[feature.leads]
    if leads is None:
        return ""
    words = section[feature.leads].said(leads)
    details = _details(section, feature.more, values) if leads is True else []
    return f"{words}: {', '.join(details)}" if details else words


def _details(section: FieldSection, names: Sequence[str], values: Mapping[str, Value]) -> list[str]:
    given = [(section[name], values[name]) for name in names if values[name] not in (None, "")]
    return [f"{field.label.lower()} {field.said(value)}" for field, value in given]


def unfit_limits(values: Mapping[str, Value]) -> dict[str, str]:
    """What is wrong with limits of simultaneous calls, by field: no part is more than the total."""
    total = values.get(_TOTAL)
    if total is None:
        return {}
    return {name: f"Not more than the {total:,} calls in total." for name in _PARTS if (values.get(name) or 0) > total}
