"""Abbreviated dialing of a customer: whether numbers can be added yet, and what pasted lines would add."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.entered.pasted import PastedRow
from data_access.queries.customer_context import customer_context
from data_access.services.facts.usage.abbreviated import NO_LENGTH, judge_lines, longest_of
from data_access.store.access import Query, Reader


@dataclass(frozen=True)
class DialingWaits(Query[str]):
    """What has to come before the first abbreviated number, as a sentence; blank once one can be added."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> str:
        customer_context(reader, self.customer_id)
        return NO_LENGTH if longest_of(reader, self.customer_id) is None else ""


@dataclass(frozen=True)
class PastedAbbreviated(Query[tuple[PastedRow, ...]]):
    """Which lines of a text can be added as abbreviated numbers, and why the others cannot; in their order."""

    needs: ClassVar[Permission] = Permission.SERVICE_EDIT
    customer_id: int
    lines: str

    def run(self, reader: Reader) -> tuple[PastedRow, ...]:
        return judge_lines(reader, customer_context(reader, self.customer_id).customer_id, self.lines)
