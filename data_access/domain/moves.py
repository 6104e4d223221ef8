"""The table of moves, whole. Buttons, checks, previews, audit, tests and docs are read off it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission as P
from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.lifecycle import (
    Bounds,
    MoveTerms,
    Need,
    StatusFacts,
    brought_forward,
    closed,
    end_bounds,
    forward_bounds,
    lift_bounds,
    lifted,
    limitation_ended,
    limitation_lifted,
    limited,
    permanently_terminated,
    provisionally_terminated,
    reactivated,
    resumed,
    stopped,
    suspended,
    suspended_if_due,
)
from data_access.models.collection import Step

S = BillStatus
Becomes = Callable[[StatusFacts, MoveTerms], StatusFacts]


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the table. `blocked` None: holds whether blocked or not. `limited`: of a limited service alone, which
    it stays while the limitation is lifted. `is_final`: once it has happened, nothing leads back. `tells`: what a
    customer is told of that. `returns`: leads back into service, or into the suspension. `stops`: service stops for
    what is owed, which was booked before.
    `lifts_suspension`: a promise to pay may go with it. `step`: the step of collection that makes it.

    How it is told: `label` before a person makes it, `ahead` and `then` before it comes automatically, in a few words
    and as a clause, and `done` afterwards, followed by `day_word` and the day that was handed in.
    """

    name: str
    label: str
    done: str
    source: frozenset[BillStatus]
    permission: P
    becomes: Becomes
    effects: tuple[str, ...]
    taken_back: str
    blocked: bool | None = None
    lifted: bool | None = None
    limited: bool = False
    limitation_lifted: bool = False
    planned_end: bool | None = None
    needs: tuple[Need, ...] = (Need.REASON,)
    by_system: bool = False
    midterm: bool = False
    bounds: Callable[[StatusFacts, MoveTerms], Bounds] | None = None
    is_final: bool = False
    tells: str = ""
    returns: bool = False
    stops: bool = False
    lifts_suspension: bool = False
    can_be_planned: bool = False
    step: Step | None = None
    ahead: str = ""
    then: str = ""
    day_word: str = ""

    @property
    def is_beside(self) -> bool:
        """Whether the billing status stays as it is."""
        return self.blocked is not None

    def refusal(self, facts: StatusFacts) -> str | None:
        """Why the move cannot start from these facts, as a sentence; None if it can."""
        if self.by_system:
            return f"“{self.label}” is done by the system only: nobody can set it or end it by hand."
        return self.misfit(facts)

    def misfit(self, facts: StatusFacts) -> str | None:
        """As `refusal`, for the system's own moves too."""
        if facts.bill_status not in self.source:
            return _WRONG_STATUS[facts.bill_status].format(move=self.label)
        if self.blocked is not None and facts.blocked is not self.blocked:
            return "The customer is already blocked." if facts.blocked else "The customer is not blocked."
        if self.lifted is not None and (facts.suspension_lifted_until is not None) is not self.lifted:
            return "No lift of the suspension is set." if self.lifted else "The suspension is already lifted."
        if self.limited and not (facts.service_limited or facts.limitation_lifted_until):
            return "The service is not limited."
        if self.limitation_lifted and facts.limitation_lifted_until is None:
            return "No lift of the limitation is set."
        if self.planned_end is not None and (facts.terminate_on is not None) is not self.planned_end:
            return "No termination date is set." if self.planned_end else "A termination date is already set."
        return None


_WRONG_STATUS = {
    S.OPEN: "“{move}” does not apply to an active customer.",
    S.SUSPENDED: "“{move}” does not apply to a suspended customer: "
    "a suspension ends with the payment of what is overdue, or is lifted until a date.",
    S.PROVISIONALLY_TERMINATED: "“{move}” does not apply to a provisionally terminated customer: reactivate it first.",
    S.PERMANENTLY_TERMINATED: "The customer is permanently terminated: no status change is possible any more.",
    S.EXPORTED: "The customer is exported: only clearing Exported brings it back.",
}


_SUSPENDED_ONLY = frozenset({S.SUSPENDED})
_PROVISIONAL = frozenset({S.PROVISIONALLY_TERMINATED})
_FEES_GO_ON = "Subscription and DID fees go on; invoices are still issued."
_GIVEN_BACK = "What was charged ahead for days from the end on is credited."
_STAYS_SUSPENDED = (
    "Suspended, if it was suspended before for an invoice that is still unpaid, or if an unpaid invoice has reached "
    "the day of its suspension. Being overdue alone suspends nobody."
)
_DIDS_COST = "Not charged for its DIDs, while the operator still pays the vendor for them."

_ROWS = (
    Move("block", "Block", "Blocked", RUNNING, P.CUSTOMER_BLOCK, lambda f, _: replace(f, blocked=True),
         ("All accounts become unusable at once; no self-care for the customer and its accounts.", _FEES_GO_ON),
         "Yes, at any time: unblock.", blocked=False),
    Move("unblock", "Unblock", "Unblocked", RUNNING | _PROVISIONAL, P.CUSTOMER_BLOCK,
         lambda f, t: suspended_if_due(replace(f, blocked=False), t),
         ("Service and self-care come back, unless another status stops them.",
          _STAYS_SUSPENDED),
         "Yes, at any time: block.", blocked=True, returns=True),
    Move("lift_suspension", "Lift the suspension until…", "Suspension lifted", _SUSPENDED_ONLY, P.CUSTOMER_LIFT, lifted,
         ("Service is back today; the debt stays and reminders go on.",
          "Suspended again when the date begins, unless what is overdue is paid by then.",
          "A payment of what is overdue ends the suspension and erases the date."),
         "Yes: clear the lift.", needs=(Need.DATE, Need.REASON), bounds=lift_bounds,
         lifts_suspension=True, day_word="until"),
    Move("clear_lift", "Clear the lift", "Lift of the suspension cleared", _SUSPENDED_ONLY, P.CUSTOMER_LIFT,
         lambda f, _: replace(f, suspension_lifted_until=None),
         ("Service stops again at once.",), "Yes: lift again, within the horizon of the first lift.", lifted=True),
    Move("lift_limitation", "Lift the limitation until…", "Limitation of the service lifted",
         frozenset({S.OPEN}), P.CUSTOMER_LIFT, limitation_lifted,
         ("The whole service is back today; the debt stays and reminders go on.",
          "Limited again when the date begins, unless what is overdue is paid by then.",
          "It counts as the first lift of this debt: a suspension for it can be lifted within the same horizon.",
          "A payment of what is overdue ends the limitation and erases the date."),
         "Yes: clear the lift of the limitation.", limited=True, needs=(Need.DATE, Need.REASON), bounds=lift_bounds,
         day_word="until"),
    Move("clear_limitation_lift", "Clear the lift of the limitation", "Lift of the limitation cleared",
         frozenset({S.OPEN}), P.CUSTOMER_LIFT, limited,
         ("The service is limited again at once.",), "Yes: lift again, within the horizon of the first lift.",
         limitation_lifted=True),
    Move("provisionally_terminate", "Provisionally terminate", "Provisionally terminated",
         RUNNING, P.CUSTOMER_TERMINATE,
         provisionally_terminated,
         ("All services stop; all data is kept.", _GIVEN_BACK, _DIDS_COST,
          "An invoice for the last period can still be issued.",
          "Permanently terminated automatically when the reactivation window ends."),
         "Yes: reactivate until the window ends.", midterm=True, can_be_planned=True),
    Move("reactivate", "Reactivate", "Reactivated", _PROVISIONAL, P.CUSTOMER_TERMINATE, reactivated,
         ("Services come back and fees go on.", _STAYS_SUSPENDED,
          "A permanent termination that was planned before is cancelled with it: plan it again if it still holds."),
         "Yes: terminate provisionally again.", returns=True),
    Move("bring_termination_forward", "Bring the termination forward", "Termination date brought forward",
         _PROVISIONAL, P.CUSTOMER_TERMINATE,
         brought_forward,
         ("The time for reactivation becomes shorter; the date can never be moved later.",),
         "Only by reactivating before the new date.", needs=(Need.DATE, Need.REASON), bounds=forward_bounds,
         day_word="to"),
    Move("permanently_terminate", "Permanently terminate", "Permanent termination confirmed",
         RUNNING | _PROVISIONAL, P.CUSTOMER_CLOSE,
         permanently_terminated,
         ("On the date every service ends for good; no edit and no status change is possible afterwards.",
          "The customer is found by Advanced search with the status Permanently terminated only.",
          _GIVEN_BACK + " A credit that is left, as far as it was paid for, becomes money that can be refunded.",
          "DIDs are released; a debt can still be paid, refunded or corrected."),
         "Until the date: cancel it. From the date on: never.",
         needs=(Need.DATE, Need.REASON, Need.CUSTOMER_ID), midterm=True, bounds=end_bounds, is_final=True,
         day_word="for"),
    Move("cancel_planned", "Cancel the planned termination", "Planned termination cancelled",
         RUNNING, P.CUSTOMER_TERMINATE,
         lambda f, _: replace(f, terminate_on=None),
         ("The customer stays as it is; nothing happens on the date.",), "Yes: plan it again.", planned_end=True),
    Move("clear_exported", "Clear Exported", "Exported cleared", frozenset({S.EXPORTED}), P.CUSTOMER_PORT,
         lambda f, t: suspended_if_due(replace(f, bill_status=S.OPEN, exported_at=None), t),
         ("Accounts become operational here again.", _STAYS_SUSPENDED),
         "Yes: mark as exported.", returns=True),
    Move("mark_exported", "Mark as exported", "Marked as exported", RUNNING, P.CUSTOMER_PORT,
         lambda f, t: replace(stopped(f, S.EXPORTED), exported_at=t.now, terminate_on=None),
         ("Accounts are not operational here; all data is kept as a backup of the move to another installation.",
          _GIVEN_BACK),
         "Yes: clear Exported."),
    Move("limit_service", "Limit the service", "Service limited", frozenset({S.OPEN}), P.SYSTEM_RUN, limited,
         ("The service is reduced because an invoice is overdue; emergency numbers and incoming calls keep working.",
          "Recurring fees go on."), "By payment only.", needs=(), by_system=True, stops=True,
         step=Step.LIMIT, ahead="service limited", then="the service is limited"),
    Move("end_limitation", "End the limitation", "Limitation of the service ended",
         frozenset({S.OPEN}), P.SYSTEM_RUN, limitation_ended,
         ("Nothing is overdue any more: the full service is back; a lift date is erased.",), "No.",
         limited=True, needs=(), by_system=True),
    Move("suspend", "Suspend", "Suspended", frozenset({S.OPEN}), P.SYSTEM_RUN, suspended,
         ("All services stop because an invoice is overdue.",), "By payment only.", needs=(), by_system=True,
         stops=True,
         step=Step.SUSPEND, ahead="suspended", then="all services are suspended"),
    Move("resume", "Resume", "Suspension ended", _SUSPENDED_ONLY, P.SYSTEM_RUN, resumed,
         ("All services come back; a lift date is erased.",), "No.", needs=(), by_system=True),
    Move("suspend_again", "Suspend again", "Suspended again: the lift had run out", _SUSPENDED_ONLY, P.SYSTEM_RUN,
         lambda f, _: replace(f, suspension_lifted_until=None),
         ("The lift has run out unpaid: services stop again and the date is erased.",), "By payment only.",
         lifted=True, needs=(), by_system=True, stops=True, ahead="suspended again"),
    Move("terminate_unpaid", "Terminate for debt", "Provisionally terminated for debt",
         RUNNING, P.SYSTEM_RUN, provisionally_terminated,
         ("The last step of collection: the customer is provisionally terminated because an invoice stays unpaid.",
          _GIVEN_BACK, _DIDS_COST, "Permanently terminated automatically when the reactivation window ends."),
         "Yes: reactivate until the window ends.", needs=(), by_system=True,
         tells="It can be reactivated for a time after that; then it ends permanently.",
         step=Step.TERMINATE, ahead="provisionally terminated", then="it is provisionally terminated"),
    Move("close", "Terminate on the date", "Permanently terminated on the date",
         RUNNING | _PROVISIONAL, P.SYSTEM_RUN, closed,
         ("The termination date has come.",), "No.", planned_end=True, needs=(), by_system=True, is_final=True,
         tells="This cannot be undone.", ahead="permanently terminated"),
)  # fmt: skip

CREATED = "created"  # the one event that no move brings about
MOVES: dict[str, Move] = {move.name: move for move in _ROWS}
OF_STEP: dict[Step, Move] = {move.step: move for move in _ROWS if move.step}


def move_named(name: str, facts: StatusFacts) -> Move:
    """The move, if a person can make it from these facts; Rejected with the reason if not."""
    move = MOVES.get(name)
    if move is None:
        raise Rejected(f"There is no status change called “{name}”.")
    refusal = move.refusal(facts)
    if refusal is not None:
        raise Rejected(refusal)
    return move


def possible(facts: StatusFacts, granted: frozenset[P]) -> list[Move]:
    """The moves that a person with these rights may be offered from here, in the order of the table."""
    return [move for move in MOVES.values() if move.refusal(facts) is None and move.permission in granted]
