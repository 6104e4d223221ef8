"""The sections in other tables that can be filled in before a customer's first save, each with its edit command."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_access.commands.billing.invoicing_settings import EditInvoicing
from data_access.commands.customers.additional import EditAdditionalInfo
from data_access.commands.customers.self_care import EditSelfCare
from data_access.commands.numbers.dialing import EditDialing
from data_access.commands.services.fraud import EditFraudProtection
from data_access.commands.services.service_configuration import EditServiceConfiguration
from data_access.services.section_edit import EditBeside
from data_access.store.unit_of_work import UnitOfWork

BESIDE: dict[str, type[EditBeside]] = {
    command.section.name: command
    for command in (
        EditAdditionalInfo, EditInvoicing, EditServiceConfiguration, EditDialing, EditFraudProtection, EditSelfCare,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SectionInput:
    """A section as it is entered with a new customer: its fields by name, each as typed."""

    section: str
    values: Mapping[str, str]

    @property
    def given(self) -> dict[str, str]:
        """What is not as it stands in an empty form."""
        blank = BESIDE[self.section].section.unwritten()
        return {name: text for name, text in self.values.items() if text != blank.get(name, "")}

    def complaints(self) -> dict[str, str]:
        """What is wrong with it by itself."""
        section = BESIDE[self.section].section
        given = section.fitting(self.given, section.unwritten()) if self.given else {}
        return section.judged(given, section.unwritten()).complaints | section.unknown(given)


def fill_in(work: UnitOfWork, customer_id: int, entered: SectionInput) -> None:
    """Adds the row of a section, in the transaction that adds its customer; none where nothing was given."""
    command = BESIDE[entered.section]
    if not entered.given:
        return
    work.actor.require(command.needs)
    order = command(
        customer_id=customer_id, version=0, shown={}, changes=entered.given, command_id=work.order.command_id
    )
    order.apply(work)
