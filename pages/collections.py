"""Collections: who is overdue or suspended, each customer in one queue, the most urgent first."""

from dashboard import cache
from dashboard.case_list import case_list, sums
from dashboard.collection_bar import collection_filter
from dashboard.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.collections.sums import CollectionTotals

access = open_page("Collections", Permission.CUSTOMER_READ)
totals = cache.fetch(access, CollectionTotals())

case_list(access, collection_filter(totals))
sums(totals)
