"""One planned change, however far in the future, for the person who changes it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from data_access.base.clock import day_in
from data_access.base.permissions import Permission
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.queries.lists.customers import name_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class PlanAhead:
    """What is planned, for whom and by whom. `today`: where the customer is billed."""

    plan_id: int
    customer_code: str
    name: str
    says: str
    due_on: date
    today: date


@dataclass(frozen=True)
class PlanToChange(Query[PlanAhead | None]):
    """A plan that is still to be carried out; None for one that is over, and for none at all."""

    needs: ClassVar = Permission.CUSTOMER_TERMINATE
    plan_id: int

    def run(self, reader: Reader) -> PlanAhead | None:
        query = (
            visible(PlannedMove, reader.actor)
            .join(Customer, Customer.id == PlannedMove.customer_id)
            .where(PlannedMove.id == self.plan_id, PlannedMove.state == PlanState.PLANNED)
            .with_only_columns(
                PlannedMove.move, PlannedMove.due_on, PlannedMove.login, Customer.customer_code, Customer.company_name,
                Customer.first_name, Customer.last_name, Customer.billing_zone,
            )
        )  # fmt: skip
        row = reader.session.execute(query).one_or_none()
        if row is None:
            return None
        text = f"{MOVES[row.move].label}, as planned by {row.login}."
        today = day_in(row.billing_zone, reader.now)
        return PlanAhead(self.plan_id, row.customer_code, name_of(reader, row), text, row.due_on, today)
