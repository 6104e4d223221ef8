"""Resellers: who owns retail customers."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.records.agents import AddReseller, ChangeReseller, RemoveReseller
from data_access.domain.sections import RESELLER

RESELLERS = RecordPage(
    "reseller",
    "Who owns retail customers. People of a reseller see its customers only.",
    RESELLER,
    AddReseller,
    ChangeReseller,
    RemoveReseller,
)

RESELLERS.draw(open_page("Resellers", Permission.CLASS_READ))
