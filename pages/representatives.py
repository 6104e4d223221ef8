"""Representatives: who looks after customers."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.records.agents import AddRepresentative, ChangeRepresentative, RemoveRepresentative
from data_access.domain.sections import REPRESENTATIVE

REPRESENTATIVES = RecordPage(
    "representative",
    "Who looks after customers: named under Additional info of each.",
    REPRESENTATIVE,
    AddRepresentative,
    ChangeRepresentative,
    RemoveRepresentative,
)

REPRESENTATIVES.draw(open_page("Representatives", Permission.CLASS_READ))
