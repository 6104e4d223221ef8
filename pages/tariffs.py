"""Tariffs: what calls and messages cost by the number dialled; next to the selected one, its rates."""

from dashboard.kit.context import open_page
from dashboard.records import rates
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.usage.tariffs import AddTariff, ChangeTariff, RemoveTariff
from data_access.domain.sections import TARIFF

TARIFFS = RecordPage(
    "tariff", "What calls and messages cost that arrive without a price.", TARIFF,
    AddTariff, ChangeTariff, RemoveTariff, beside=rates.draw,
)  # fmt: skip

access = open_page("Tariffs", Permission.CLASS_READ)
TARIFFS.draw(access)
