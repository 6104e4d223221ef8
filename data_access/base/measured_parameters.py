"""What is counted of a customer all the time, and which figure of it is charged."""

from data_access.base.labelled import Labelled


class MeasuredParameter(Labelled):
    """What can be measured."""

    ACTIVE_CALLS = "active_calls", "Active calls"
    CONCURRENT_CALLS = "concurrent_calls", "Concurrent calls"
    PBX_EXTENSIONS = "pbx_extensions", "PBX extensions"


class ChargeBasis(Labelled):
    """Which figure of a billing period is charged."""

    NONE = "none", "Do not apply charges"
    AVERAGE = "average", "Average"
    MAXIMUM = "maximum", "Maximum"
    MINIMUM = "minimum", "Minimum"
