"""The terms of a class for one kind of invoices and the consequences of not paying them, as a value."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from data_access.base.money import ZERO
from data_access.models.collection import Section
from data_access.models.money import InvoiceType


@dataclass(frozen=True, slots=True)
class Policy:
    """Days count from the due date; None: never. The fields are those of `CollectionPolicy`."""

    net_days: int = 14
    reminders: list[int] = field(default_factory=list)
    resends: list[int] = field(default_factory=list)
    late_fee: Decimal = ZERO
    limit_after: int | None = None
    limit_notices: list[int] = field(default_factory=list)
    suspend_after: int | None = None
    suspend_notices: list[int] = field(default_factory=list)
    terminate_after: int | None = None
    terminate_notices: list[int] = field(default_factory=list)
    reactivation_fee: Decimal = ZERO
    threshold: Decimal = ZERO
    resume_at_threshold: bool = False
    working_days_only: bool = True
    hour: int = 0
    spread_minutes: int = 0


POLICY_FIELDS = tuple(Policy.__dataclass_fields__)


def policy_of(row: object) -> Policy:
    """A version of the terms, out of its row or out of one with its columns."""
    return Policy(**{name: getattr(row, name) for name in POLICY_FIELDS})


def section_of(invoice_type: InvoiceType) -> Section:
    """Which of the two terms of a class an invoice falls under."""
    return Section.OUT_OF_TURN if invoice_type is InvoiceType.OUT_OF_TURN else Section.REGULAR


def first_versions(
    customer_class_id: int, *policies: Policy, command_id: str, at: datetime, login: str
) -> list[dict[str, Any]]:
    """Rows of the first versions of both terms of a new class, the last of them in force; regular invoices first."""
    own = {"customer_class_id": customer_class_id, "command_id": command_id, "at": at, "login": login}
    return [
        own | asdict(policy) | {"section": section, "number": number}
        for number, policy in enumerate(policies, start=1)
        for section in Section
    ]
