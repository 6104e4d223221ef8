"""Home: where a shift starts."""

from dashboard.context import open_page
from dashboard.shift import lifts_ending, status_counts, terminations_due
from data_access.permissions import Permission

access = open_page("Home", Permission.CUSTOMER_READ)
status_counts(access)
lifts_ending(access)
terminations_due(access)
