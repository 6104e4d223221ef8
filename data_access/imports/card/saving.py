"""Saving the sections in a row of a customer: with the commands of the forms, inside the load of the file."""

from collections.abc import Iterable, Iterator

from data_access.base.errors import Invalid, Refusal
from data_access.commands.customers.custom_fields import EditCustomFields
from data_access.domain.entered.card_columns import CUSTOM, key_of_field
from data_access.imports.card.beside import COMMANDS, ToldBeside
from data_access.models.card.custom_fields import CustomValue
from data_access.models.customers import Customer
from data_access.services.facts.custom_values import new_values
from data_access.store.bulk import BulkLoad
from data_access.store.unit_of_work import UnitOfWork


def bring_in(load: BulkLoad, arrived: Iterable[tuple[int, ToldBeside]]) -> None:
    """Adds what stands beside new customers. Invalid with the complaints of the first that cannot have it."""
    told = {key: beside for key, beside in arrived if beside}
    if not told:
        return
    with load.unit_of_work() as work:
        for customer in _customers(work, told):
            _save_sections(work, customer, told[customer.id])
        work.session.add_all(_new_values(told))


def bring_up_to_date(load: BulkLoad, customer_id: int, beside: ToldBeside) -> None:
    """Changes what stands beside a customer that is locked and can be edited; a trial leaves it as it is.

    Invalid with the complaints of the first section that cannot be so.
    """
    with load.row_boundary() as boundary:
        _change(load, customer_id, beside)
        if load.is_trial:
            boundary.rollback()


def _change(load: BulkLoad, customer_id: int, beside: ToldBeside) -> None:
    with load.unit_of_work() as work:
        [customer] = _customers(work, [customer_id])
        _save_sections(work, customer, beside)
        if beside.custom:
            order = EditCustomFields(
                customer_id=customer_id, version=0, shown=beside.before[CUSTOM], changes=beside.custom,
                command_id=load.order.command_id,
            )  # fmt: skip
            order.save(work, customer)


def _customers(work: UnitOfWork, ids: Iterable[int]) -> Iterable[Customer]:
    found = work.select(Customer).where(Customer.id.in_(list(ids))).order_by(Customer.id)
    return work.session.scalars(found.execution_options(populate_existing=True)).all()


def _save_sections(work: UnitOfWork, customer: Customer, beside: ToldBeside) -> None:
    work.customer_id = customer.id
    for name, changes in beside.sections.items():
        order = COMMANDS[name](
            customer_id=customer.id, version=0, shown={}, changes=changes, command_id=work.order.command_id
        )
        try:
            order.save(work, customer)
        except Invalid as wrong:
            raise Invalid({key_of_field(order.section, at): why for at, why in wrong.complaints.items()}) from wrong
        except Refusal as wrong:
            raise Invalid({key_of_field(order.section, next(iter(changes))): str(wrong)}) from wrong


def _new_values(told: dict[int, ToldBeside]) -> Iterator[CustomValue]:
    for customer_id, beside in told.items():
        if beside.fields is not None and beside.custom:
            yield from new_values(beside.fields, customer_id, beside.custom)
