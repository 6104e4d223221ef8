"""The table of bulk actions: the input of each, the command that it makes, its wording, and what undoes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data_access.base.clock import day_in, short_day
from data_access.base.errors import Invalid
from data_access.base.labelled import Labelled
from data_access.base.money import CURRENCIES, exact_money, read_amount
from data_access.base.permissions import Permission
from data_access.base.text.numerals import whole_number
from data_access.commands.bulk.one_field import AssignRepresentative, ChangeClass, ChangeLimit, LimitBy
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.customers.tags import TagCustomer, tags_of
from data_access.domain.bulk import Whom
from data_access.domain.lifecycle import Need
from data_access.domain.moves import MOVES
from data_access.models.base import Record
from data_access.models.card.additional import AdditionalInfo, Representative
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.services.facts.fees_of_customer import class_of
from data_access.store.access import Command
from data_access.store.command_form import command_of, form_of
from data_access.store.unit_of_work import UnitOfWork

Typed = Mapping[str, str]
Before = Mapping[str, str | None]  # what stood in the fields that an order changed, by the audit
Order = Command[Any]
OPEN = 0  # stands for the customer in an order over many


class Ask(Labelled):
    """What an action asks for beside its customers."""

    REASON = "reason", "Reason"
    NOTE = "text", "Note"
    PINNED = "sticky", "Pinned under the head of the customer"
    DAY = "day", "Until"
    CLASS = "customer_class_id", "Customer class"
    BY = "by", "Change"
    AMOUNT = "amount", "Amount"
    CURRENCY = "currency", "Currency"
    REPRESENTATIVE = "representative_id", "Representative"
    TAG = "tag_id", "Tag"


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did to a customer, to be taken back: the order, what stood before, and the reason for the undo."""

    whom: Whom
    order: Order
    before: Before
    reason: str


Undo = Callable[[Done], Order]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A row of the table. `about`: the record that it changes. `stands`: what there is of it, told before and after.

    `undo`: the order that restores a customer, by what stood before; None where nothing can be taken back.
    """

    name: str
    label: str
    right: Permission
    asks: tuple[Ask, ...]
    order: Callable[[Typed], Order]
    says: Callable[[UnitOfWork, Any], str]
    stands: Callable[[UnitOfWork, Customer], str]
    undo: Undo | None
    about: type[Record] = Customer


def opened(order: Order) -> dict[str, Any]:
    """The form of an order with its customer left open."""
    form = form_of(order)
    content = {name: value for name, value in form["content"].items() if name != "customer_id"}
    return form | {"content": content}


def for_customer(form: Mapping[str, Any], customer_id: int) -> dict[str, Any]:
    """The form, filled in for one customer."""
    return {"command": form["command"], "content": {**form["content"], "customer_id": customer_id}}


_KINDS = {
    kind.code: kind for kind in (ChangeStatus, ChangeClass, ChangeLimit, AddNote, AssignRepresentative, TagCustomer)
}


def order_of(form: Mapping[str, Any], command_id: str) -> Order:
    """The order of a kept form; Rejected for one of a kind that no action makes."""
    order: Order = command_of(form, _KINDS, command_id)
    return order


def _asked(typed: Typed, ask: Ask, complaint: str) -> str:
    text = typed.get(ask, "").strip()
    if not text:
        raise Invalid({ask: complaint})
    return text


def _read(typed: Typed, ask: Ask, complaint: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(_asked(typed, ask, complaint))
    except (ValueError, StopIteration) as wrong:
        raise Invalid({ask: complaint}) from wrong


def _reason(typed: Typed) -> str:
    return _asked(typed, Ask.REASON, "Give the reason: it is kept in the history of every customer.")


def _moves(name: str) -> Callable[[Typed], Order]:
    def order(typed: Typed) -> Order:
        day = _read(typed, Ask.DAY, "Give the date.", date.fromisoformat) if Need.DATE in MOVES[name].needs else None
        return ChangeStatus(customer_id=OPEN, move=name, day=day, reason=_reason(typed), command_id="")

    return order


def _move_said(_work: UnitOfWork, order: ChangeStatus) -> str:
    move = MOVES[order.move]
    return f"{move.label.removesuffix(' until…')}{f' {move.day_word} {short_day(order.day)}' if order.day else ''}"


def _status(_work: UnitOfWork, customer: Customer) -> str:
    told = [customer.bill_status.label]
    if customer.blocked:
        told.append("blocked")
    if customer.suspension_lifted_until is not None:
        told.append(f"lifted until {short_day(day_in(customer.billing_zone, customer.suspension_lifted_until))}")
    if customer.terminate_on is not None:
        told.append(f"ends on {short_day(customer.terminate_on)}")
    return ", ".join(told)


def _back(move: str) -> Undo:
    return lambda done: ChangeStatus(customer_id=done.whom.id, move=move, reason=done.reason, command_id="")


def _lift_back(done: Done) -> Order:
    """An earlier lift is set again; where none was, this one is cleared."""
    until = done.before.get("suspension_lifted_until")
    if until is None:
        return _back("clear_lift")(done)
    day = day_in(done.whom.billing_zone, datetime.fromisoformat(until))
    return ChangeStatus(customer_id=done.whom.id, move="lift_suspension", day=day, reason=done.reason, command_id="")


def _class(typed: Typed) -> Order:
    chosen = _read(typed, Ask.CLASS, "Choose the customer class.", whole_number)
    return ChangeClass(customer_id=OPEN, customer_class_id=chosen, reason=typed.get(Ask.REASON, ""), command_id="")


def _class_said(work: UnitOfWork, order: ChangeClass) -> str:
    named = work.select(CustomerClass).where(
        CustomerClass.id == order.customer_class_id, CustomerClass.removed_at.is_(None)
    )
    found = work.session.scalars(named).one_or_none()
    if found is None:
        raise Invalid({Ask.CLASS: "This customer class no longer exists: choose another."})
    return f"Change customer class to {found.name}"


def _class_back(done: Done) -> Order:
    return ChangeClass(
        customer_id=done.whom.id, customer_class_id=whole_number(done.before["customer_class_id"] or ""),
        reason=done.reason, command_id="",
    )  # fmt: skip


def _limit_by(text: str) -> LimitBy:
    return next(by for by in LimitBy if by == text)


def _limit(typed: Typed) -> Order:
    by: LimitBy = _read(typed, Ask.BY, "Choose how the limit changes.", _limit_by)
    text = typed.get(Ask.AMOUNT, "").strip().replace("%", "")
    try:
        amount = read_amount(text) if text else None
    except ValueError as wrong:
        raise Invalid({Ask.AMOUNT: str(wrong)}) from wrong
    currency = "" if by is LimitBy.PERCENT else typed.get(Ask.CURRENCY, "")
    complaints: dict[str, str] = {}
    if amount is None:
        complaints[Ask.AMOUNT] = "Give the amount: no limit at all is given to one customer at a time."
    if by is not LimitBy.PERCENT and currency not in CURRENCIES:
        complaints[Ask.CURRENCY] = "Choose the currency of the amount."
    if complaints:
        raise Invalid(complaints)
    return ChangeLimit(
        customer_id=OPEN, by=by, amount=amount, currency=currency, reason=typed.get(Ask.REASON, ""), command_id=""
    )


def _limit_said(_work: UnitOfWork, order: ChangeLimit) -> str:
    amount = order.amount or Decimal(0)
    if order.by is LimitBy.SET:
        return f"Set credit limit to {exact_money(amount, order.currency)}"
    how = f"{abs(amount).normalize():f} %" if order.by is LimitBy.PERCENT else exact_money(abs(amount), order.currency)
    return f"{'Raise' if amount >= 0 else 'Lower'} credit limit by {how}"


def _limit_stands(_work: UnitOfWork, customer: Customer) -> str:
    return "no limit" if customer.credit_limit is None else exact_money(customer.credit_limit, customer.currency)


def _limit_back(done: Done) -> Order:
    text = done.before["credit_limit"]
    return ChangeLimit(
        customer_id=done.whom.id, by=LimitBy.SET, amount=None if text is None else Decimal(text),
        currency=done.whom.currency, reason=done.reason, command_id="",
    )  # fmt: skip


def _note(typed: Typed) -> Order:
    text = _asked(typed, Ask.NOTE, "Write the note.")
    return AddNote(customer_id=OPEN, text=text, sticky=typed.get(Ask.PINNED) == "yes", command_id="")


def _assign(typed: Typed) -> Order:
    chosen = typed.get(Ask.REPRESENTATIVE, "")
    who = None if chosen == "" else _read(typed, Ask.REPRESENTATIVE, "Choose the representative.", whole_number)
    return AssignRepresentative(
        customer_id=OPEN, representative_id=who, reason=typed.get(Ask.REASON, ""), command_id=""
    )


def _assign_said(work: UnitOfWork, order: AssignRepresentative) -> str:
    if order.representative_id is None:
        return "Take away the representative"
    named = work.select(Representative).where(
        Representative.id == order.representative_id, Representative.removed_at.is_(None)
    )
    found = work.session.scalars(named).one_or_none()
    if found is None:
        raise Invalid({Ask.REPRESENTATIVE: "This representative no longer exists: choose another."})
    return f"Assign to {found.name}"


def _assigned(work: UnitOfWork, customer: Customer) -> str:
    theirs = (
        work.select(Representative)
        .join(AdditionalInfo, AdditionalInfo.representative_id == Representative.id)
        .where(AdditionalInfo.customer_id == customer.id)
    )
    found = work.session.scalars(theirs).one_or_none()
    return "nobody" if found is None else found.name


def _assign_back(done: Done) -> Order:
    text = done.before["representative_id"]
    return AssignRepresentative(
        customer_id=done.whom.id, representative_id=None if text is None else whole_number(text), reason=done.reason,
        command_id="",
    )  # fmt: skip


def _tag(verb: str) -> Callable[[Typed], Order]:
    def order(typed: Typed) -> Order:
        tag_id = _read(typed, Ask.TAG, "Choose the tag.", whole_number)
        return TagCustomer(customer_id=OPEN, reason=typed.get(Ask.REASON, ""), command_id="", **{verb: (tag_id,)})

    return order


def _tag_said(work: UnitOfWork, order: TagCustomer) -> str:
    (tag_id,) = order.add or order.remove
    found = work.session.scalars(work.select(Tag).where(Tag.id == tag_id, Tag.removed_at.is_(None))).one_or_none()
    if found is None:
        raise Invalid({Ask.TAG: "This tag no longer exists: choose another."})
    return f"{'Add' if order.add else 'Take away'} the tag {found.name}"


def _tags(work: UnitOfWork, customer: Customer) -> str:
    return ", ".join(tags_of(work, customer)) or "no tag"


def _tag_back(done: Done) -> Order:
    assert isinstance(done.order, TagCustomer)
    return TagCustomer(
        customer_id=done.whom.id, add=done.order.remove, remove=done.order.add, reason=done.reason, command_id=""
    )


def _of_move(name: str, undo: Undo, *asks: Ask) -> BulkAction:
    move = MOVES[name]
    return BulkAction(
        name, move.label.removesuffix(" until…"), move.permission, (*asks, Ask.REASON), _moves(name), _move_said,
        _status, undo,
    )  # fmt: skip


P = Permission
_ROWS = (
    _of_move("block", _back("unblock")),
    _of_move("unblock", _back("block")),
    _of_move("lift_suspension", _lift_back, Ask.DAY),
    BulkAction("change_class", "Change customer class", P.CUSTOMER_EDIT, (Ask.CLASS, Ask.REASON), _class, _class_said,
               lambda work, customer: class_of(work, customer).name, _class_back),
    BulkAction("change_limit", "Change credit limit", P.LIMIT_EDIT, (Ask.BY, Ask.AMOUNT, Ask.CURRENCY, Ask.REASON),
               _limit, _limit_said, _limit_stands, _limit_back),
    BulkAction("note", "Write a note", P.NOTE_WRITE, (Ask.NOTE, Ask.PINNED), _note, lambda *_: "Write a note",
               lambda *_: "", None),
    BulkAction("assign", "Assign a representative", P.CUSTOMER_EDIT, (Ask.REPRESENTATIVE, Ask.REASON), _assign,
               _assign_said, _assigned, _assign_back, AdditionalInfo),
    BulkAction("add_tag", "Add a tag", P.CUSTOMER_EDIT, (Ask.TAG, Ask.REASON), _tag("add"), _tag_said, _tags,
               _tag_back, CustomerTag),
    BulkAction("remove_tag", "Take a tag away", P.CUSTOMER_EDIT, (Ask.TAG, Ask.REASON), _tag("remove"), _tag_said,
               _tags, _tag_back, CustomerTag),
    _of_move("provisionally_terminate", _back("reactivate")),
)  # fmt: skip
ACTIONS: dict[str, BulkAction] = {action.name: action for action in _ROWS}
