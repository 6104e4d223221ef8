"""Retention: whose personal data is erased next, who is under a legal hold, and what was erased recently."""

from dashboard.kit.addresses.pager import page_number
from dashboard.kit.context import open_page
from dashboard.retention import retention_lists
from data_access.base.permissions import Permission
from data_access.queries.jobs.retention_rows import ErasuresAhead, GoneLately, LegalHolds

DAYS = 90

access = open_page("Retention", Permission.JOB_READ)
retention_lists.told()
erasures = access.fetch(ErasuresAhead(DAYS))
holds = access.fetch(LegalHolds(page=page_number()))

retention_lists.change(access, erasures.rows, holds.rows)
retention_lists.to_erase(access, erasures, DAYS)
retention_lists.holds(access, holds)
retention_lists.gone(access.fetch(GoneLately()))
retention_lists.archive(access)
