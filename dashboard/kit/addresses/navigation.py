"""The pages, one row each: the source of the menu, the URLs and the permissions to open them."""

from dataclasses import dataclass
from pathlib import Path

from data_access.base.permissions import Permission

ROOT = Path(__file__).resolve().parents[3] / "pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the dashboard. `file` is also its address; one outside the menu is reached by links only."""

    file: str
    title: str
    icon: str
    section: str
    needs: Permission
    is_default: bool = False
    is_in_menu: bool = True
    folder: Path = ROOT

    @property
    def path(self) -> Path:
        return self.folder / f"{self.file}.py"


WORK, INSIGHT, CATALOGUE, ADMINISTRATION = "Work", "Insight", "Catalogue", "Administration"
P = Permission
PAGES = (
    PageEntry("home", "Home", ":material/home:", WORK, P.CUSTOMER_READ, is_default=True),
    PageEntry("customers", "Customers", ":material/groups:", WORK, P.CUSTOMER_READ),
    PageEntry("advanced_search", "Advanced search", ":material/manage_search:", WORK, P.CUSTOMER_READ),
    PageEntry("customer", "Customer", ":material/person:", WORK, P.CUSTOMER_READ, is_in_menu=False),
    PageEntry("invoice", "Invoice", ":material/receipt_long:", WORK, P.CUSTOMER_READ, is_in_menu=False),
    PageEntry("next_invoice", "Next invoice", ":material/request_quote:", WORK, P.CUSTOMER_READ, is_in_menu=False),
    PageEntry("new_customer", "New customer", ":material/person_add:", WORK, P.CUSTOMER_CREATE),
    PageEntry("collections", "Collections", ":material/notification_important:", WORK, P.CUSTOMER_READ),
    PageEntry("planned_changes", "Planned changes", ":material/event:", WORK, P.CUSTOMER_READ),
    PageEntry("bulk_actions", "Bulk actions", ":material/checklist:", WORK, P.CUSTOMER_BULK),
    PageEntry("bulk_action", "Bulk action", ":material/checklist:", WORK, P.CUSTOMER_BULK, is_in_menu=False),
    PageEntry("exports", "Exports", ":material/download:", WORK, P.CUSTOMER_EXPORT),
    PageEntry("credit_exposure", "Credit exposure", ":material/speed:", INSIGHT, P.REPORT_READ),
    PageEntry("customer_classes", "Customer classes", ":material/category:", CATALOGUE, P.CLASS_READ),
    PageEntry("customer_class", "Customer class", ":material/category:", CATALOGUE, P.CLASS_READ, is_in_menu=False),
    PageEntry("subscription_plans", "Subscription plans", ":material/sell:", CATALOGUE, P.CLASS_READ),
    PageEntry("tariffs", "Tariffs", ":material/call:", CATALOGUE, P.CLASS_READ),
    PageEntry("tax_profiles", "Tax profiles", ":material/percent:", CATALOGUE, P.CLASS_READ),
    PageEntry("invoice_templates", "Invoice templates", ":material/article:", CATALOGUE, P.CLASS_READ),
    PageEntry("resellers", "Resellers", ":material/storefront:", CATALOGUE, P.CLASS_READ),
    PageEntry("representatives", "Representatives", ":material/support_agent:", CATALOGUE, P.CLASS_READ),
    PageEntry("distributors", "Distributors", ":material/handshake:", CATALOGUE, P.CLASS_READ),
    PageEntry("tags", "Tags", ":material/label:", CATALOGUE, P.CLASS_READ),
    PageEntry("volume_discount_plans", "Volume discount plans", ":material/percent:", CATALOGUE, P.CLASS_READ),
    PageEntry("top_up_options", "Top-up options", ":material/add_card:", CATALOGUE, P.CLASS_READ),
    PageEntry("custom_fields", "Custom fields", ":material/edit_attributes:", CATALOGUE, P.CLASS_READ),
    PageEntry("did_pool", "DID pool", ":material/dialpad:", CATALOGUE, P.CLASS_READ),
    PageEntry("pricing_batches", "Pricing batches", ":material/price_change:", CATALOGUE, P.CLASS_READ),
    PageEntry("fraud_profiles", "Fraud profiles", ":material/shield:", CATALOGUE, P.CLASS_READ),
    PageEntry("webhooks", "Webhooks", ":material/webhook:", ADMINISTRATION, P.HOOK_MANAGE),
    PageEntry("jobs", "Jobs", ":material/sync:", ADMINISTRATION, P.JOB_READ),
    PageEntry("retention", "Retention", ":material/auto_delete:", ADMINISTRATION, P.JOB_READ),
    PageEntry("import_file", "Import", ":material/upload_file:", ADMINISTRATION, P.IMPORT_RUN),
    PageEntry("audit_log", "Audit log", ":material/history:", ADMINISTRATION, P.AUDIT_READ),
    PageEntry("sessions", "Your sessions", ":material/devices:", ADMINISTRATION, P.CUSTOMER_READ, is_in_menu=False),
    PageEntry("people", "People and roles", ":material/badge:", ADMINISTRATION, P.PEOPLE_MANAGE),
)
HOME = next(entry.file for entry in PAGES if entry.is_default)
