"""DID pool: every number held from vendors, how it is used, what it costs, and many added at once."""

from dashboard.kit.context import open_page
from dashboard.records import did_pool
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.numbers.pool import AddDid, ChangeDid, RemoveDid
from data_access.domain.sections import DID

POOL = RecordPage(
    "number", "Numbers are idle in the pool, held by customers, or frozen.", DID, AddDid, ChangeDid, RemoveDid,
    layout=(("number", "country"), ("batch_id", "fee"), ("vendor_cost", "vendor_currency"),
            ("group_name", "description"), ("free_of_charge",)),
    beside=did_pool.state, listed=did_pool.found, adding=did_pool.many,
)  # fmt: skip

access = open_page("DID pool", Permission.CLASS_READ)
did_pool.told()
POOL.draw(access)
