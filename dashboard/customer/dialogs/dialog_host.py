"""The open dialog of a customer's page, drawn by the page once a run, after its buttons."""

from collections.abc import Callable, Mapping

from dashboard.customer.dialogs import (
    add_note,
    adjust_balance,
    change_status,
    edit_customer,
    edit_note,
    legal_hold,
    limits,
    promises,
)
from dashboard.customer.dialogs.money import cards, issue_invoice, reverse, void_invoice
from dashboard.customer.dialogs.services import discounts, numbers, quotas, subscriptions
from dashboard.kit import feedback
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import just_saved
from data_access.queries.customers.customer import Head

_DRAW: Mapping[str, Callable[[Head], None]] = {
    change_status.NAME: change_status.draw,
    adjust_balance.NAME: adjust_balance.draw,
    edit_customer.NAME: edit_customer.draw,
    add_note.NAME: add_note.draw,
    edit_note.NAME: edit_note.draw,
    **subscriptions.DIALOGS,
    **numbers.DIALOGS,
    **quotas.DIALOGS,
    **discounts.DIALOGS,
    **limits.DIALOGS,
    **reverse.DIALOGS,
    **issue_invoice.DIALOGS,
    **void_invoice.DIALOGS,
    **cards.DIALOGS,
    **legal_hold.DIALOGS,
    **promises.DIALOGS,
}
_ALSO_SAVES = {edit_note.NAME: edit_note.PIN, limits.RAISE: limits.END}  # a second form in the same dialog


def draw(head: Head) -> None:
    """Draws the dialog that is open on this customer; one that was saved is closed and said to be done."""
    dialog = dialog_state.on(head.customer_id)
    if dialog is None:
        return
    forms = (dialog.name, _ALSO_SAVES.get(dialog.name, dialog.name))
    if any(just_saved(form, dialog.subject) for form in forms):
        dialog_state.close()
        feedback.show_done()
        return
    _DRAW[dialog.name](head)
