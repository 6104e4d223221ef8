"""The open dialog of a customer's page, drawn by the page once a run, after its buttons."""

from collections.abc import Callable, Mapping

from dashboard.customer.dialogs import (
    add_note,
    adjust_balance,
    change_status,
    dialing,
    edit_customer,
    edit_note,
    legal_hold,
    limits,
    tags,
)
from dashboard.customer.dialogs.calls import promises, verify_caller
from dashboard.customer.dialogs.card import additional_info, custom_fields
from dashboard.customer.dialogs.money import cards, invoicing, issue_invoice, issued_invoice, reverse, void_invoice
from dashboard.customer.dialogs.services import (
    accounts,
    discounts,
    fraud,
    life_cycle,
    measured_services,
    numbers,
    override_tariffs,
    quotas,
    self_care,
    service_configuration,
    subscriptions,
    wallets,
)
from dashboard.kit import feedback
from dashboard.kit.forms import dialog_state, one_time
from dashboard.kit.forms.forms import just_saved
from data_access.queries.customers.customer import Head

_DRAW: Mapping[str, Callable[[Head], None]] = {
    change_status.NAME: change_status.draw,
    adjust_balance.NAME: adjust_balance.draw,
    edit_customer.NAME: edit_customer.draw,
    add_note.NAME: add_note.draw,
    edit_note.NAME: edit_note.draw,
    **subscriptions.DIALOGS,
    **life_cycle.DIALOGS,
    **numbers.DIALOGS,
    **quotas.DIALOGS,
    **fraud.DIALOGS,
    **dialing.DIALOGS,
    **custom_fields.DIALOGS,
    **discounts.DIALOGS,
    **wallets.DIALOGS,
    **accounts.DIALOGS,
    **self_care.DIALOGS,
    **service_configuration.DIALOGS,
    **limits.DIALOGS,
    **tags.DIALOGS,
    **reverse.DIALOGS,
    **issue_invoice.DIALOGS,
    **void_invoice.DIALOGS,
    **issued_invoice.DIALOGS,
    **invoicing.DIALOGS,
    **cards.DIALOGS,
    **legal_hold.DIALOGS,
    **verify_caller.DIALOGS,
    **promises.DIALOGS,
    **additional_info.DIALOG.dialogs,
    **measured_services.DIALOGS.dialogs,
    **override_tariffs.DIALOGS.dialogs,
}
_ALSO_SAVES = {edit_note.NAME: edit_note.PIN, limits.RAISE: limits.END}  # a second form in the same dialog


def told(head: Head) -> None:
    """A dialog that was saved in the run before is closed, and said to be done, with the secret that it made."""
    dialog = dialog_state.on(head.customer_id)
    if dialog is None:
        return
    forms = (dialog.name, _ALSO_SAVES.get(dialog.name, dialog.name))
    saved = next((one for form in forms if (one := just_saved(form, dialog.subject))), None)
    if saved is not None:
        one_time.reveal(saved.command_id)
        dialog_state.close()
        feedback.show_done()


def draw(head: Head) -> None:
    """Draws the dialog that is open on this customer."""
    dialog = dialog_state.on(head.customer_id)
    if dialog is not None:
        _DRAW[dialog.name](head)
