"""Additional info of a customer, edited."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import func

from data_access.base.permissions import Permission
from data_access.base.text.numerals import counted
from data_access.domain.sections import ADDITIONAL_INFO
from data_access.models.card.additional import AdditionalInfo, OfficeType
from data_access.services.section_edit import EditBeside, Values
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class EditAdditionalInfo(EditBeside):
    """Changes who looks after a customer, what it may do, and by which number others know it."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = ADDITIONAL_INFO
    called: ClassVar = "Additional info"
    unique: ClassVar = ("reference_number",)

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _wrong_offices(work, row, values)


def _wrong_offices(work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
    complaints = {}
    if values.get("main_office_id") == row.customer_id:
        complaints["main_office_id"] = "A branch cannot be its own main office."
    if row.office_type is OfficeType.MAIN and values.get("office_type", OfficeType.MAIN) is not OfficeType.MAIN:
        theirs = work.select(AdditionalInfo).where(AdditionalInfo.main_office_id == row.customer_id)
        branches = work.session.scalars(theirs.with_only_columns(func.count(AdditionalInfo.id))).one()
        if branches:
            known = counted(branches, "branch", "branches")
            complaints["office_type"] = f"This is the main office of {known}: give them another one first."
    return complaints
