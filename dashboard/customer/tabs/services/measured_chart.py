"""What was counted of a parameter, drawn: three months day by day, and some days value by value."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import plotly.graph_objects as go

from dashboard.kit import formats
from dashboard.kit.charts.canvas import MOST_MARKS, Spec, blank, figure, say
from dashboard.kit.look.palette import INKS, Theme
from data_access.base.clock import time_zone
from data_access.domain.usage.measuring import Sample, TimeSpan
from data_access.queries.services.measured_services import DayLevel

NOTHING = "Nothing was counted."
_FEW_STEPS = 6
_TOLD = "%{text}<extra></extra>"


def days(found: Sequence[DayLevel], what: str, theme: Theme) -> go.Figure:
    """The average of each day as a line, within the band from its lowest to its highest value."""
    layout = blank(theme, x="Day", y=what, height=280)
    if not found:
        return say(layout, NOTHING)
    edge = {"width": 1, "color": INKS[theme].muted}
    averages = [float(one.level.average) for one in found]
    return figure(
        layout,
        _line(found, "lowest", [one.level.minimum for one in found], line=edge),
        _line(found, "highest", [one.level.maximum for one in found], line=edge, fill="tonexty"),
        _line(found, "average", averages, line={"width": 2, "color": INKS[theme].accent}),
    )


def _line(found: Sequence[DayLevel], name: str, values: Sequence[float], **look: Any) -> Spec:
    text = [f"{formats.day(one.day)}<br>{name} {average(one) if name == 'average' else formats.number(int(value))}"
            for one, value in zip(found, values, strict=True)]  # fmt: skip
    days = [one.day for one in found]
    line = {"type": "scatter", "x": days, "y": values, "mode": "lines", "name": name, "text": text}
    return line | {"hovertemplate": _TOLD} | look


def samples(found: Sequence[Sample], what: str, zone: str, span: TimeSpan, theme: Theme) -> go.Figure:
    """Each value for as long as it held, as steps over the whole span."""
    layout = blank(theme, x="Time", y=what, height=260)
    if not found:
        return say(layout, NOTHING)
    if len(found) > MOST_MARKS:
        return say(layout, "So many values cannot be drawn: choose fewer days.")
    held = [*found, Sample(span.end, found[-1].value)]
    layout["xaxis"] |= {"range": [_wall_clock(span.first, zone), _wall_clock(span.end, zone)]}
    layout["yaxis"] |= {"tickformat": ",d", "dtick": _whole_steps([one.value for one in found])}
    return figure(layout, {
        "type": "scatter",
        "x": [_wall_clock(one.at, zone) for one in held],
        "y": [one.value for one in held],
        "mode": "lines+markers",
        "name": what,
        "line": {"shape": "hv", "width": 2, "color": INKS[theme].accent},
        "marker": {"size": 4},
        "text": [f"{formats.moment(one.at, zone)}<br>{formats.number(one.value)}" for one in held],
        "hovertemplate": _TOLD,
    })  # fmt: skip


def _whole_steps(values: Sequence[int]) -> int | None:
    """What is counted has no halves; of many values the chart chooses its own steps."""
    return 1 if max(values) - min(values) < _FEW_STEPS else None


def _wall_clock(at: datetime, zone: str) -> datetime:
    """As the clocks of the zone show it: the browser knows no other zone than its own."""
    return at.astimezone(time_zone(zone)).replace(tzinfo=None)


def describe(found: Sequence[DayLevel], what: str) -> str:
    """The three months in a sentence."""
    if not found:
        return f"{what}: nothing was counted in the last three months."
    highest = max(found, key=lambda one: one.level.maximum)
    lowest = min(found, key=lambda one: one.level.minimum)
    return (
        f"{what} from {formats.day(found[0].day)} to {formats.day(found[-1].day)}: highest "
        f"{formats.number(highest.level.maximum)} on {formats.day(highest.day)}, lowest "
        f"{formats.number(lowest.level.minimum)} on {formats.day(lowest.day)}, average of the last day "
        f"{average(found[-1])}."
    )


def describe_zoom(found: Sequence[Sample], what: str, first: date, last: date) -> str:
    """The zoomed days in a sentence."""
    between = f"{formats.day(first)} to {formats.day(last)}"
    if not found:
        return f"{what}, {between}: nothing was counted."
    values = [one.value for one in found]
    return (
        f"{what}, {between}: {formats.counted(len(found), 'value')}, from {formats.number(min(values))} to "
        f"{formats.number(max(values))}, last {formats.number(values[-1])}."
    )


def average(one: DayLevel) -> str:
    return f"{one.level.average.normalize() + 0:,f}"
