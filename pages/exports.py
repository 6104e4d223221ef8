"""Exports: your own files that the worker writes, their progress, and until when they are kept."""

from dashboard.kit.context import open_page
from dashboard.lists.exports.export_page import export_page
from data_access.base.permissions import Permission

export_page(open_page("Exports", Permission.CUSTOMER_EXPORT))
