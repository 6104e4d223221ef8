"""Top-up options: what customers can add to their service wallets, for which fee, and for how long."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.services.wallets import AddTopUpOption, ChangeTopUpOption, RemoveTopUpOption
from data_access.domain.sections import TOP_UP_OPTION

OPTIONS = RecordPage(
    "top-up option",
    "What can be added to a service wallet at once. A change holds for top-ups from now on.",
    TOP_UP_OPTION,
    AddTopUpOption,
    ChangeTopUpOption,
    RemoveTopUpOption,
    layout=(("name", "service"), ("amount", "unit"), ("fee", "currency"), ("lifetime_days", "is_offered")),
)

access = open_page("Top-up options", Permission.CLASS_READ)
OPTIONS.draw(access)
