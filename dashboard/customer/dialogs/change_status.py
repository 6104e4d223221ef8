"""The dialog Change status: read from the table of moves, for this customer and this person, now."""

import streamlit as st

from dashboard.customer.dialogs.calls import promise_fields
from dashboard.customer.dialogs.dialog_frame import about, finish
from dashboard.customer.dialogs.outcome import shown_now
from dashboard.kit import context, feedback, formats
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import Form
from data_access.commands.customers.status import ChangeStatus, PlanMove, plannable
from data_access.domain.lifecycle import Need
from data_access.domain.moves import MOVES
from data_access.queries.customers.customer import Head
from data_access.queries.status.status import Choice, Impossible, MoveChoices, StatusChoices
from data_access.store.access import Access

NAME = "change_status"
_OF_ONE_MOVE = ("day", "due_on", "confirm_customer_code", "midterm_invoice", "later", promise_fields.FIELD)
_MIDTERM = "Generate an invoice prior to the end of the billing period"


@st.dialog("Change status", width="medium", on_dismiss=dialog_state.close)
def draw(head: Head) -> None:
    """The dialog itself; it runs without its page, so it asks again who is signed in."""
    with feedback.refusals():
        _draw(context.access(), head)


def _draw(access: Access, head: Head) -> None:
    choices = access.fetch(StatusChoices(head.customer_id))
    about(access, head)
    if choices.possible:
        _possible(Form(access, NAME, head.customer_id), head, choices)
    else:
        st.info("You cannot change the status right now. The reasons:", icon=":material/info:")
    _not_possible(choices.impossible, is_open=not choices.possible)


def _possible(form: Form, head: Head, choices: MoveChoices) -> None:
    moves = {choice.name: choice for choice in choices.possible}
    name = form.one_of("move", "What should happen?", {choice.name: choice.label for choice in choices.possible})
    if name not in moves:
        st.caption("Choose one to see what it does.")
        return
    if form.typed.get("#for") != name:
        form.keep(dict.fromkeys(_OF_ONE_MOVE, "") | {"#for": name})
    form.edition, choice = name, moves[name]
    _effects(choice)
    if MOVES[name].can_be_planned and form.check("later", "Not now: plan it for a later day"):
        _plan(form, head, choices, choice)
    else:
        _change(form, head, choices, choice)


def _effects(choice: Choice) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown("\n".join(f"- {feedback.escape(sentence)}" for sentence in choice.effects))
        st.caption(f"Can it be taken back? {feedback.escape(choice.taken_back)}")


def _change(form: Form, head: Head, choices: MoveChoices, choice: Choice) -> None:
    day = form.day("day", "Date", None, choice.days) if Need.DATE in choice.needs else None
    lifts = MOVES[choice.name].lifts_suspension
    if lifts:
        promise_fields.draw(form, head)
    midterm, reason = choice.midterm and _midterm(form), _reason(form)
    typed_id = _typed_id(form, choices) if Need.CUSTOMER_ID in choice.needs else ""
    finish(
        form,
        head,
        _deed(choice),
        lambda: ChangeStatus(
            customer_id=head.customer_id,
            move=choice.name,
            day=day,
            midterm_invoice=midterm,
            promise_amount=promise_fields.amount(form, head.currency) if lifts else None,
            reason=reason,
            confirm_customer_code=typed_id,
            command_id=form.command_id,
        ),
        lambda _: _done(head, choice),
        is_final=choice.is_final,
        outcome=shown_now,
    )


def _plan(form: Form, head: Head, choices: MoveChoices, choice: Choice) -> None:
    due_on = form.day("due_on", "On the day", None, plannable(choices.today))
    order = PlanMove(
        customer_id=head.customer_id,
        move=choice.name,
        due_on=due_on or choices.today,
        reason=_reason(form),
        command_id=form.command_id,
    )
    finish(
        form,
        head,
        "Plan it",
        lambda: order,
        lambda _: f"{head.customer_code}: {choice.label} is planned for {formats.day(order.due_on)}.",
    )


def _midterm(form: Form) -> bool:
    is_asked_for = form.check("midterm_invoice", _MIDTERM)
    if is_asked_for:
        st.caption("It is requested with the change and issued within the hour.")
    return is_asked_for


def _reason(form: Form) -> str:
    return form.lines("reason", "Reason", help="Kept in the history of the customer.")


def _typed_id(form: Form, choices: MoveChoices) -> str:
    st.text(f"To confirm, type the Customer ID: {choices.customer_code}")
    return form.text("confirm_customer_code", "Customer ID")


def _done(head: Head, choice: Choice) -> str:
    return f"{head.customer_code}: {_deed(choice)}, done."


def _deed(choice: Choice) -> str:
    """The move without what its form asks for."""
    return choice.label.removesuffix(" until…").removesuffix("…")


def _not_possible(moves: tuple[Impossible, ...], *, is_open: bool) -> None:
    with st.expander("Not possible now", expanded=is_open):
        for move in moves:
            st.markdown(f"**{feedback.escape(move.label)}**  \n{feedback.escape(move.reason)}")
