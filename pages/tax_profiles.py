"""Tax profiles: taxes that apply together, and whether prices include them."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.classes.invoicing import AddTaxProfile, ChangeTaxProfile, RemoveTaxProfile
from data_access.domain.sections import TAX_PROFILE

PROFILES = RecordPage(
    "tax profile", "What classes and customers are taxed by. An issued invoice keeps its taxes.", TAX_PROFILE,
    AddTaxProfile, ChangeTaxProfile, RemoveTaxProfile, layout=(("name", "way"), ("rates",), ("exempt_reason",)),
)  # fmt: skip

access = open_page("Tax profiles", Permission.CLASS_READ)
PROFILES.draw(access)
