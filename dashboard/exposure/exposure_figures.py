"""The figures of credit exposure: each class of customers with its sums, and a link to its rows."""

from dataclasses import dataclass

import streamlit as st

from dashboard.exposure import chart_drilldown
from dashboard.kit import formats
from dashboard.kit.addresses.links import link
from dashboard.kit.look.palette import BANDS
from data_access.domain.limit_use import LimitUse
from data_access.queries.exposure.exposure import Totals

_NARROWEST = 160


@dataclass(frozen=True)
class ExposureBox:
    """One box: how many, what they owe, what else is to be known, and where they are."""

    label: str
    icon: str
    customers: int
    sentences: tuple[str, ...]
    shows: chart_drilldown.Address


def exposure_figures(totals: Totals, currency: str) -> None:
    """Draws the boxes; prepaid stands apart, for its funds are no debt."""
    with st.container(key="figures-exposure"), st.grid(min_column_width=_NARROWEST, gap="xsmall"):
        for part in _parts(totals, currency):
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.metric(f"{part.icon} {part.label}", formats.number(part.customers))
                for sentence in part.sentences:
                    st.text(sentence)
                if part.customers:
                    link("advanced_search", "Show them", shows=part.shows)


def _parts(totals: Totals, currency: str) -> list[ExposureBox]:
    everybody, over = totals.postpaid, totals.of(LimitUse.OVER)
    is_net = everybody.owed > 0 and totals.of(LimitUse.IN_CREDIT).customers > 0
    excess = formats.money(over.owed - over.limits, currency)
    return [
        ExposureBox(
            "Postpaid",
            ":material/groups:",
            everybody.customers,
            (
                formats.owes(everybody.owed, currency, of=everybody.customers) + (formats.NET if is_net else ""),
                f"{'limit' if everybody.customers == 1 else 'limits'} of {formats.money(everybody.limits, currency)}",
            ),
            chart_drilldown.postpaid(currency),
        ),
        _band(
            totals,
            currency,
            LimitUse.OVER,
            f"{excess} beyond {'the limit' if over.customers == 1 else 'their limits'}" if over.customers else "",
        ),
        _band(totals, currency, LimitUse.FROM_80),
        _band(totals, currency, LimitUse.IN_CREDIT),
        _band(totals, currency, LimitUse.NO_LIMIT),
        _prepaid(totals, currency),
    ]


def _band(totals: Totals, currency: str, band: LimitUse, more: str = "") -> ExposureBox:
    share, look = totals.of(band), BANDS[band]
    owed = formats.owes(share.owed, currency, of=share.customers) if share.customers else "nobody"
    sentences = tuple(sentence for sentence in (owed, more) if sentence)
    return ExposureBox(
        look.word.capitalize(), look.icon, share.customers, sentences, chart_drilldown.band(currency, band)
    )


def _prepaid(totals: Totals, currency: str) -> ExposureBox:
    share, look = totals.of(LimitUse.PREPAID), BANDS[LimitUse.PREPAID]
    funds = formats.available(totals.funds, currency) if share.customers else "nobody"
    return ExposureBox(
        look.word.capitalize(), look.icon, share.customers, (funds,), chart_drilldown.band(currency, LimitUse.PREPAID)
    )
