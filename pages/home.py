"""Home: where a shift starts."""

from dashboard.home.home import lifts_ending, status_counts, suspensions_due, terminations_due
from dashboard.jobs.jobs_table import warning
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission

access = open_page("Home", Permission.CUSTOMER_READ)
warning(access)
status_counts(access)
lifts_ending(access)
suspensions_due(access)
terminations_due(access)
