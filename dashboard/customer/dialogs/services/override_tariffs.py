"""The dialogs of override tariffs: a pair added, changed and ended."""

from dashboard.customer.dialogs.row_dialogs import RowDialogs
from dashboard.kit.forms.section_form import Lists
from data_access.commands.usage.override_tariffs import AddOverrideTariff, ChangeOverrideTariff, RemoveOverrideTariff
from data_access.domain.sections import OVERRIDE_TARIFF
from data_access.queries.customers.customer import Head
from data_access.queries.services.tariffs import TariffChoices
from data_access.store.access import Access


def _offered(access: Access, head: Head) -> Lists:
    """The tariffs in the currency of the customer."""
    return {"tariffs": {str(one.tariff_id): one.says for one in access.fetch(TariffChoices(head.currency))}}


DIALOGS = RowDialogs(
    "override tariff", OVERRIDE_TARIFF, AddOverrideTariff, ChangeOverrideTariff, RemoveOverrideTariff, lists=_offered,
    warns="Usage that is rated from now on is priced by the original tariff alone.",
)  # fmt: skip
