"""Tags: user-defined words by which customers are sorted and found."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.customers.tags import AddTag, ChangeTag, RemoveTag
from data_access.domain.sections import TAG

TAGS = RecordPage(
    "tag",
    "Words that customers are given, one by one or many at once, and are found by. They have no effect of their own.",
    TAG,
    AddTag,
    ChangeTag,
    RemoveTag,
)

TAGS.draw(open_page("Tags", Permission.CLASS_READ))
