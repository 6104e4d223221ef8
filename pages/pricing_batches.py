"""Pricing batches: common prices for many numbers."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.numbers.pool import AddNumberBatch, ChangeNumberBatch, RemoveNumberBatch
from data_access.domain.sections import NUMBER_BATCH

BATCHES = RecordPage(
    "pricing batch", "The fee of a number is its vendor cost, an additional fee and a markup on the cost.",
    NUMBER_BATCH, AddNumberBatch, ChangeNumberBatch, RemoveNumberBatch,
    layout=(("name", "currency"), ("additional_fee", "markup_percent")),
)  # fmt: skip

access = open_page("Pricing batches", Permission.CLASS_READ)
BATCHES.draw(access)
