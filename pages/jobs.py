"""Jobs: what happens automatically, when it last did, and what could not be done."""

from dashboard.jobs.jobs_table import chosen, jobs, outbox, runs, troubles
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.customers.messages import OutboxNow
from data_access.queries.jobs.jobs import JobTroubles, ListJobs, RunsOf

access = open_page("Jobs", Permission.JOB_READ)
jobs(access.fetch(ListJobs()))
outbox(access.fetch(OutboxNow()))

job = chosen()
if job is not None:
    runs(job, access.fetch(RunsOf(job)))
troubles(job, access.fetch(JobTroubles(job)))
