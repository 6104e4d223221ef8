"""Every way in which data access can refuse. `str(error)` is a sentence fit to show to an operator.

Refusal
├── NotPermitted    the actor has no right to it; says who has
├── NotFound        no such row, or none that this actor may see
├── Stale           someone changed the same fields since they were shown
├── Invalid         input that breaks rules: every complaint, each at its field
├── Rejected        a rule of the business says no
├── Repeated        the same may have been done already; it is done when that is known
├── Busy            the database had no turn for it in time
└── TooSlow         the question took longer than any may
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):
    """Base of all refusals: expected, shown to the operator, never logged as a crash.

    `code` names the kind to programs: it stays when the sentence or the class is called otherwise.
    """

    code: ClassVar[str] = "refused"


class NotPermitted(Refusal):
    """The actor's role and grants do not hold the permission."""

    code = "not_permitted"


class NotFound(Refusal):
    """No such row for this actor; whether it exists for others is not told."""

    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was not found.")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that two people changed: what was shown, what is there now, what was typed."""

    field: str
    shown: str | None
    theirs: str | None
    yours: str | None


class Stale(Refusal):
    """The same fields were changed by someone else; nothing was saved."""

    code = "stale"

    def __init__(self, what: str, conflicts: tuple[Conflict, ...] = ()) -> None:
        self.conflicts = conflicts
        super().__init__(
            f"{what} was changed by someone else since you opened it. Nothing was saved: choose what to keep."
        )


class Invalid(Refusal):
    """All complaints at once, by field name; `""` holds what belongs to no single field."""

    code = "invalid"

    def __init__(self, complaints: Mapping[str, str]) -> None:
        self.complaints = dict(complaints)
        super().__init__(" ".join(self.complaints.values()))


class Rejected(Refusal):
    """A rule of the business says no."""

    code = "rejected"


class Repeated(Refusal):
    """Done already, as it seems, by the transaction `earlier_id`. The command is carried out once it names that."""

    code = "repeated"

    def __init__(self, sentence: str, earlier_id: int) -> None:
        self.earlier_id = earlier_id
        super().__init__(sentence)


class Busy(Refusal):
    """Nothing was written; the same command may be sent again."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("The database is busy. Nothing was written: try again in a moment.")


class TooSlow(Refusal):
    """Nothing was changed; a narrower question is answered sooner."""

    code = "too_slow"

    def __init__(self) -> None:
        super().__init__("This took too long and was stopped. Narrow the filter, or choose another order.")
