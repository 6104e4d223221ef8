"""Collections: who is overdue or suspended, each customer in one queue, the most urgent first."""

from dashboard.collections.case_list import case_list, sums
from dashboard.collections.collection_bar import collection_filter
from dashboard.kit import cache
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.collections.sums import CollectionTotals

access = open_page("Collections", Permission.CUSTOMER_READ)
totals = cache.fetch(access, CollectionTotals())

case_list(access, collection_filter(totals), totals)
sums(totals)
