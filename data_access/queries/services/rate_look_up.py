"""The rate look-up of a customer: a number in a tariff and in the one that overrides it, and which wins."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.base.text.parsing import a_dialled_number
from data_access.domain.usage.rating import LookUp
from data_access.queries.customer_context import customer_context
from data_access.services.facts.usage.rates import look_up, no_tariff, pairs_of
from data_access.store.access import Query, Reader


@dataclass(frozen=True)
class RateLookUp(Query[LookUp]):
    """What usage to a number costs the customer now, by the function that rates it. Invalid for what is no number.

    Rejected where the class of the customer names no tariff.
    """

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    number: str

    def run(self, reader: Reader) -> LookUp:
        context = customer_context(reader, self.customer_id)
        try:
            number = a_dialled_number(self.number)
        except ValueError as wrong:
            raise Invalid({"number": str(wrong)}) from wrong
        pair = pairs_of(reader, [context.customer.id]).get(context.customer.id)
        if pair is None:
            raise Rejected(no_tariff(context.of_class.name, reader.actor))
        return look_up(reader, pair, number)
