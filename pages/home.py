"""Home: where a shift starts."""

from dashboard.context import open_page
from dashboard.jobs_table import warning
from dashboard.shift import lifts_ending, status_counts, suspensions_due, terminations_due
from data_access.base.permissions import Permission

access = open_page("Home", Permission.CUSTOMER_READ)
warning(access)
status_counts(access)
lifts_ending(access)
suspensions_due(access)
terminations_due(access)
