"""A pytest plugin that moves the one clock: `STARTS_AT=2028-02-29T12:00Z pytest -p tests.support.another_day`.

The clock goes on from that instant. Only this process is moved: servers and programs that a test starts are not.
"""

import os
from datetime import datetime

from data_access.base import clock

_real = clock.system_clock
_ahead = datetime.fromisoformat(os.environ["STARTS_AT"]) - _real()


def _moved_clock() -> datetime:
    return _real() + _ahead


clock.system_clock = _moved_clock  # before anything else has imported it by name
