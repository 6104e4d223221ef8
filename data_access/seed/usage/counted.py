"""What is counted of the companies of the demo: the extensions of their telephone systems over three months."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from data_access.base.measured_parameters import MeasuredParameter
from data_access.seed.destiny import Destiny, Life
from data_access.seed.reference import Segment

Row = dict[str, Any]
_SHARE = 0.12  # of the companies in order
_DAYS_BACK = 95


def samples_of(life: Life) -> Iterator[Row]:
    """Counted when something changes; drawn apart, so that nothing else of the demo depends on it."""
    if life.destiny is not Destiny.IN_ORDER or life.of_class.segment is not Segment.BUSINESS:
        return
    draw = Random(f"extensions {life.number}")
    if draw.random() > _SHARE:
        return
    extensions, at = draw.randint(6, 40), max(life.created_at, life.now - timedelta(days=_DAYS_BACK))
    while at < life.now:
        yield {"parameter": MeasuredParameter.PBX_EXTENSIONS, "at": at.replace(microsecond=0), "value": extensions}
        extensions = max(extensions + draw.choice((-2, -1, -1, 1, 1, 1, 2, 3)), 1)
        at += timedelta(hours=draw.randint(20, 160))
