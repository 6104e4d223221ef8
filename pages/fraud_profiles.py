"""Fraud profiles: daily spending plans that classes and customers are given."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.services.fraud import AddFraudProfile, ChangeFraudProfile, RemoveFraudProfile
from data_access.domain.sections import FRAUD_PROFILE

PROFILES = RecordPage(
    "fraud profile", "What customers can spend on a day, and where they are warned.", FRAUD_PROFILE, AddFraudProfile,
    ChangeFraudProfile, RemoveFraudProfile, layout=(("name", "currency"), ("daily_limit", "warning_percent"),
    ("description",)),
)  # fmt: skip

access = open_page("Fraud profiles", Permission.CLASS_READ)
PROFILES.draw(access)
