"""Abbreviated dialing of a customer: its maximum length, and the numbers, one by one or many at once."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.errors import Invalid
from data_access.base.permissions import Permission
from data_access.domain.sections import ABBREVIATED_NUMBER, DIALING
from data_access.models.card.dialing import AbbreviatedNumber
from data_access.services.facts.usage.abbreviated import (
    NO_LENGTH,
    judge_lines,
    longest_of,
    numbers_of,
    target_misfit,
    too_long,
)
from data_access.services.section_edit import EditBeside, Values, lock_editable
from data_access.services.section_records import AddBeside, ChangeBeside, RemoveBeside
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class EditDialing(EditBeside):
    """Changes how long abbreviated numbers may be; not below one that there is."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = DIALING
    called: ClassVar = "Abbreviated dialing"

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        if "longest" not in values:
            return {}
        longer = [one for one in numbers_of(work, self.customer_id) if len(one) > (values["longest"] or 0)]
        if not longer:
            return {}
        named = ", ".join(longer[:5]) + (f" and {len(longer) - 5} more" if len(longer) > 5 else "")
        return {"longest": f"There are longer numbers: {named}. Remove them first."}


def _misfit(work: UnitOfWork, customer_id: int, values: Values) -> dict[str, str]:
    """What is wrong with a number beside the maximum length and the accounts of the customer."""
    longest = longest_of(work, customer_id)
    wrong = {"number": NO_LENGTH if longest is None else too_long(values.get("number", ""), longest)}
    target = values.get("target", "")
    wrong["target"] = target_misfit(work, customer_id, [target]).get(target, "")
    return {name: sentence for name, sentence in wrong.items() if sentence}


@dataclass(frozen=True, kw_only=True)
class AddAbbreviatedNumber(AddBeside):
    """Adds an abbreviated number that fits the maximum length and that the customer does not have."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = ABBREVIATED_NUMBER
    unique: ClassVar = ("number",)

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _misfit(work, row.customer_id, values)


@dataclass(frozen=True, kw_only=True)
class ChangeAbbreviatedNumber(ChangeBeside):
    """Changes an abbreviated number, or what it dials."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = ABBREVIATED_NUMBER
    called: ClassVar = "The abbreviated number"
    unique: ClassVar = ("number",)

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _misfit(work, row.customer_id, values)


@dataclass(frozen=True, kw_only=True)
class RemoveAbbreviatedNumber(RemoveBeside):
    """Removes an abbreviated number."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = ABBREVIATED_NUMBER
    called: ClassVar = "The abbreviated number"


@dataclass(frozen=True, slots=True)
class AbbreviatedAdded:
    """How many numbers were added, and a sentence for each row that was not."""

    customer_id: int
    added: int
    refused: list[str]


@dataclass(frozen=True, kw_only=True)
class AddAbbreviatedNumbers(Command[AbbreviatedAdded]):
    """Adds abbreviated numbers, a line each; a line that cannot be taken stops no other. Invalid where none can."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = AbbreviatedAdded

    customer_id: int
    lines: str

    def apply(self, work: UnitOfWork) -> AbbreviatedAdded:
        customer = lock_editable(work, self.customer_id)
        rows = judge_lines(work, customer.id, self.lines)
        taken = [row for row in rows if not row.complaint]
        if not taken:
            raise Invalid({"lines": rows[0].says if rows else "Give the numbers, one per line."})
        work.session.add_all(AbbreviatedNumber(customer_id=customer.id, **row.values) for row in taken)
        work.session.flush()
        return AbbreviatedAdded(customer.id, len(taken), [row.says for row in rows if row.complaint])
