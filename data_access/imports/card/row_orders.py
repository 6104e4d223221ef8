"""How rows of a customer are imported: with the commands by which people add and change them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data_access.base.errors import Invalid
from data_access.base.statuses import NumbersAtEnd
from data_access.commands.customers.notes import AddNote, PinNote
from data_access.commands.customers.self_care import SetSelfCareLogin
from data_access.commands.customers.status import MovePlan, PlanMove
from data_access.commands.customers.tags import TagCustomer
from data_access.commands.customers.thresholds import SetWarningThresholds, ThresholdEntry
from data_access.commands.numbers.dialing import AddAbbreviatedNumber, ChangeAbbreviatedNumber
from data_access.commands.numbers.dids import AssignDid, HeldBefore, PutOnAccount
from data_access.commands.numbers.pool import ChangeDid
from data_access.commands.services.account_features import AddAccountFeatures, ChangeAccountFeatures
from data_access.commands.services.accounts import AddAccount, BlockAccount, CloseAccount, EditAccount
from data_access.commands.services.discounts import AssignDiscountPlan
from data_access.commands.services.quotas import ChangeQuota, GrantQuota
from data_access.commands.services.services import AddSubscription, ChangeSubscription, FinishSubscription, RanBefore
from data_access.commands.services.wallets import BoughtBefore, TopUpWallet
from data_access.commands.usage.measuring import AddMeasuredService, ChangeMeasuredService
from data_access.commands.usage.override_tariffs import AddOverrideTariff, ChangeOverrideTariff
from data_access.domain.entered.card_columns import ROWS
from data_access.domain.entered.row_sections import CUSTOMER_DID, PLANNED_CHANGE, SUBSCRIPTION
from data_access.domain.sections import ACCOUNT, QUOTA
from data_access.fields.field import Typed
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.collection import WarningThreshold
from data_access.models.numbers import Did
from data_access.services.section_records import AddBeside, ChangeBeside
from data_access.store.unit_of_work import UnitOfWork

_QUOTA_STAYS = "This stays as it was granted: end the quota and grant another one."
_NOT_IN_POOL = "This number is not in the pool: add it there first."
_IN_SERVICE = {"blocked": "", "ended_on": "", "numbers_at_end": NumbersAtEnd.KEPT.value}  # as a new account is
_CHANGED_OF_QUOTA = {"allowance", "rollovers", "when_used_up"}


@dataclass(frozen=True, slots=True)
class RowOrders:
    """`by`: what tells the rows of a customer apart. `begins`: the first day, which is today at the earliest.

    `once`: what is told of a row that is new here, and asked of none that stands. `has_twins`: rows of a customer can
    be alike, and each of the file is one of its own.
    """

    by: tuple[str, ...]
    add: Callable[[UnitOfWork, int, Typed], object]
    change: Callable[[UnitOfWork, Any, Typed], object]
    begins: str = ""
    once: tuple[str, ...] = ()
    has_twins: bool = False


def _beside(add: type[AddBeside], change: type[ChangeBeside], *by: str) -> RowOrders:
    def added(work: UnitOfWork, customer_id: int, typed: Typed) -> object:
        return add(customer_id=customer_id, values=typed, command_id=work.order.command_id).apply(work)

    def changed(work: UnitOfWork, row: Any, changes: Typed) -> object:
        return change(
            row_id=row.id, version=row.version, shown={}, changes=changes, command_id=work.order.command_id
        ).apply(work)

    return RowOrders(by, added, changed)


def _add_account(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    own = {name: text for name, text in typed.items() if name in ACCOUNT.names}
    saved = AddAccount(customer_id=customer_id, typed=own, command_id=work.order.command_id).apply(work)
    _block_and_close(work, saved.account_id, _IN_SERVICE, typed)


def _change_account(work: UnitOfWork, row: Any, changes: Typed) -> None:
    own = {name: text for name, text in changes.items() if name in ACCOUNT.names}
    command_id = work.order.command_id
    if own:
        EditAccount(account_id=row.id, version=row.version, shown={}, changes=own, command_id=command_id).apply(work)
    _block_and_close(work, row.id, ROWS["accounts"].typed(ROWS["accounts"].values(row)), changes)


def _block_and_close(work: UnitOfWork, account_id: int, stands: Typed, told: Typed) -> None:
    """What is told beside its fields, where it is not so already."""
    section, command_id = ROWS["accounts"], work.order.command_id
    different = {name for name in _IN_SERVICE if told.get(name, stands[name]) != stands[name]}
    if "blocked" in different:
        BlockAccount(account_id=account_id, blocked=bool(told["blocked"]), command_id=command_id).apply(work)
    if different & {"ended_on", "numbers_at_end"}:
        values = section.judged({name: {**stands, **told}[name] for name in ("ended_on", "numbers_at_end")}).sound()
        if values["ended_on"] is None:
            raise Invalid({"numbers_at_end": "This goes with the first day without the account: give that too."})
        CloseAccount(
            account_id=account_id, ended_on=values["ended_on"], numbers=values["numbers_at_end"], command_id=command_id
        ).apply(work)  # fmt: skip


def _values(kind: str, typed: Typed) -> dict[str, Any]:
    section = ROWS[kind]
    return section.judged(dict.fromkeys(section.names, "") | section.unwritten() | dict(typed)).sound()


def _grant(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    GrantQuota(customer_id=customer_id, command_id=work.order.command_id, **_values("quotas", typed)).apply(work)


def _change_quota(work: UnitOfWork, row: Any, changes: Typed) -> None:
    if odd := changes.keys() - _CHANGED_OF_QUOTA:
        raise Invalid(dict.fromkeys(odd, _QUOTA_STAYS))
    stored = QUOTA.values(row)
    values = stored | QUOTA.judged(changes, beside=QUOTA.typed(stored)).sound()
    own = {name: values[name] for name in _CHANGED_OF_QUOTA}
    ChangeQuota(quota_id=row.id, version=row.version, command_id=work.order.command_id, **own).apply(work)


def _warn(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    """One threshold more, beside those that there are."""
    values = _values("warning-thresholds", typed)
    standing = work.select(WarningThreshold).where(
        WarningThreshold.customer_id == customer_id, WarningThreshold.removed_at.is_(None)
    )
    entries = [ThresholdEntry(row.kind, row.value) for row in work.session.scalars(standing)]
    entries.append(ThresholdEntry(values["kind"], values["value"]))
    SetWarningThresholds(customer_id=customer_id, entries=tuple(entries), command_id=work.order.command_id).apply(work)


def _assign(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    values = _values("discounts", typed)
    AssignDiscountPlan(customer_id=customer_id, command_id=work.order.command_id, **values).apply(work)


def _subscribe(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    values = _values("subscriptions", typed)
    before = RanBefore(*(values.pop(name) for name in ("activated_on", "finished_on", "charged_until")))
    AddSubscription(customer_id=customer_id, before=before, command_id=work.order.command_id, **values).apply(work)


def _change_subscription(work: UnitOfWork, row: Any, changes: Typed) -> None:
    command_id = work.order.command_id
    values = SUBSCRIPTION.values(row) | SUBSCRIPTION.judged(changes).sound()
    adjusted = {name: values[name] for name in ("adjustment", "fee_percent")}
    if changes.keys() & adjusted.keys():
        ChangeSubscription(
            subscription_id=row.id, version=row.version, command_id=command_id, **adjusted
        ).apply(work)  # fmt: skip
    if "finished_on" in changes:
        day = values["finished_on"]
        FinishSubscription(subscription_id=row.id, finished_on=day, command_id=command_id).apply(work)


def _top_up(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    values = _values("top-ups", typed)
    option_id = values.pop("option_id")
    TopUpWallet(
        customer_id=customer_id, option_id=option_id, before=BoughtBefore(**values), command_id=work.order.command_id
    ).apply(work)  # fmt: skip


def _hold(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    values, command_id = _values("customer-dids", typed), work.order.command_id
    pool = work.select(Did).where(Did.number == values["number"], Did.removed_at.is_(None))
    did = work.session.scalars(pool).one_or_none()
    if did is None:
        raise Invalid({"number": _NOT_IN_POOL})
    before = HeldBefore(values["assigned_on"], values["charged_until"])
    AssignDid(
        did_id=did.id, customer_id=customer_id, account_id=values["account_id"], before=before, command_id=command_id
    ).apply(work)
    if typed.get("description", did.description) != did.description:
        _describe(work, did, typed["description"])


def _change_held(work: UnitOfWork, row: Any, changes: Typed) -> None:
    if "account_id" in changes:
        account_id = CUSTOMER_DID["account_id"].read(changes["account_id"])
        PutOnAccount(did_id=row.id, account_id=account_id, command_id=work.order.command_id).apply(work)
    if "description" in changes:
        _describe(work, row, changes["description"])


def _describe(work: UnitOfWork, row: Any, description: str) -> None:
    """What is said of a number stands in the pool, and takes the right to that."""
    work.actor.require(ChangeDid.needs)
    ChangeDid(
        record_id=row.id, version=row.version, shown={}, changes={"description": description},
        command_id=work.order.command_id,
    ).apply(work)  # fmt: skip


def _add_login(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    """Where one was taken away, its row is here still."""
    values = _values("self-care-logins", typed)
    mine = work.select(SelfCareLogin).where(
        SelfCareLogin.customer_id == customer_id, SelfCareLogin.account_id.is_not_distinct_from(values["account_id"])
    )
    version = work.session.scalar(mine.with_only_columns(SelfCareLogin.version)) or 0
    SetSelfCareLogin(customer_id=customer_id, version=version, command_id=work.order.command_id, **values).apply(work)


def _change_login(work: UnitOfWork, row: Any, changes: Typed) -> None:
    SetSelfCareLogin(
        customer_id=row.customer_id, account_id=row.account_id, version=row.version, login=changes["login"],
        command_id=work.order.command_id,
    ).apply(work)  # fmt: skip


def _add_note(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    AddNote(customer_id=customer_id, command_id=work.order.command_id, **_values("notes", typed)).apply(work)


def _pin_note(work: UnitOfWork, row: Any, changes: Typed) -> None:
    PinNote(note_id=row.id, sticky=bool(changes["sticky"]), command_id=work.order.command_id).apply(work)


def _plan(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    PlanMove(customer_id=customer_id, command_id=work.order.command_id, **_values("planned-changes", typed)).apply(work)


def _move_plan(work: UnitOfWork, row: Any, changes: Typed) -> None:
    due_on = PLANNED_CHANGE["due_on"].read(changes["due_on"])
    MovePlan(plan_id=row.id, due_on=due_on, command_id=work.order.command_id).apply(work)


def _tag(work: UnitOfWork, customer_id: int, typed: Typed) -> None:
    tag_id = _values("tags", typed)["tag_id"]
    TagCustomer(customer_id=customer_id, add=(tag_id,), command_id=work.order.command_id).apply(work)


def _nothing(_work: UnitOfWork, _row: Any, _changes: Typed) -> None:
    raise TypeError("what tells such rows apart is all that there is of them")


ORDERS: Mapping[str, RowOrders] = {
    "accounts": RowOrders(("account_code",), _add_account, _change_account),
    "account-features": _beside(AddAccountFeatures, ChangeAccountFeatures, "account_id"),
    "abbreviated-numbers": _beside(AddAbbreviatedNumber, ChangeAbbreviatedNumber, "number"),
    "discounts": RowOrders(("plan_id",), _assign, _nothing, begins="started_on"),
    "measured-services": _beside(AddMeasuredService, ChangeMeasuredService, "parameter"),
    "override-tariffs": _beside(AddOverrideTariff, ChangeOverrideTariff, "original_id"),
    "quotas": RowOrders(("service", "unit"), _grant, _change_quota, begins="started_on"),
    "tags": RowOrders(("tag_id",), _tag, _nothing),
    "warning-thresholds": RowOrders(("kind", "value"), _warn, _nothing),
    "subscriptions": RowOrders(
        ("plan_id", "started_on"),
        _subscribe,
        _change_subscription,
        once=("activated_on", "charged_until"),
        has_twins=True,
    ),
    "top-ups": RowOrders(("option_id", "begun_on"), _top_up, _nothing, once=("expires_on", "quantity"), has_twins=True),
    "customer-dids": RowOrders(("number",), _hold, _change_held, once=("assigned_on", "charged_until")),
    "self-care-logins": RowOrders(("account_id",), _add_login, _change_login),
    "notes": RowOrders(("at", "text"), _add_note, _pin_note, once=("author",)),
    "planned-changes": RowOrders(("move",), _plan, _move_plan, once=("reason",)),
}
