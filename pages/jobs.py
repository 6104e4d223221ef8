"""Jobs: what happens automatically, when it last did, and what could not be done."""

from dashboard.context import open_page
from dashboard.jobs_table import chosen, jobs, outbox, runs, troubles
from data_access.permissions import Permission
from data_access.queries.jobs import JobTroubles, ListJobs, RunsOf
from data_access.queries.messages import OutboxNow

access = open_page("Jobs", Permission.JOB_READ)
jobs(access.fetch(ListJobs()))
outbox(access.fetch(OutboxNow()))

job = chosen()
if job is not None:
    runs(job, access.fetch(RunsOf(job)))
troubles(job, access.fetch(JobTroubles(job)))
