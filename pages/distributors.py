"""Distributors: companies that bring customers and earn a commission."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.records.agents import AddDistributor, ChangeDistributor, RemoveDistributor
from data_access.domain.sections import DISTRIBUTOR

DISTRIBUTORS = RecordPage(
    "distributor",
    "Who brings customers and earns a commission: named under Additional info.",
    DISTRIBUTOR,
    AddDistributor,
    ChangeDistributor,
    RemoveDistributor,
)

DISTRIBUTORS.draw(open_page("Distributors", Permission.CLASS_READ))
