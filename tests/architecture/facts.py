"""Facts that are told in one place: what a second place would look like, and where the first one is."""

from tests.architecture.rules import Rule, says

FACTS = [
    Rule(
        "a choice with a label is Labelled",
        says(r"def __new__\(|_value_ = "),
        but_in=("data_access/base/labelled.py",),  # is that place
    ),
]

SECOND_PLACES = [
    ("a choice with a label is Labelled", "data_access/x.py", "member._value_ = value"),
]
