"""The pool of numbers: added one by one and many at once, changed and removed, and the batches that price them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import phonenumbers
from typing_extensions import override

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.domain.entered.pasted import PastedRow
from data_access.domain.sections import DID, NUMBER_BATCH
from data_access.fields.section import Judged
from data_access.models.customers import Customer
from data_access.models.numbers import Did, NumberBatch
from data_access.services.facts.usage.number_prices import PRICED, priced_in
from data_access.services.facts.usage.pasted_numbers import judge_pasted
from data_access.services.records.entered_rows import Entering
from data_access.services.section_edit import Values, write
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_BY_ROW = ("number", "description")
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class NumbersAdded:
    """How many numbers were added, and a sentence for each row that was not."""

    added: int
    refused: list[str]


@dataclass(frozen=True, kw_only=True)
class AddDids(Command[NumbersAdded]):
    """Adds numbers to the pool, a line each, with what they have in common; a line that cannot be taken stops no other.

    Without a country it is that of the number's code. Rejected where no line can be taken.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = NumbersAdded

    lines: str
    common: Mapping[str, str] = field(default_factory=dict)

    def apply(self, work: UnitOfWork) -> NumbersAdded:
        common = self._common(work)
        rows = judge_pasted(work, self.lines)
        taken = [row for row in rows if not row.complaint]
        if not taken:
            raise Invalid({"lines": rows[0].says if rows else "Give the numbers, one per line."})
        for row in taken:
            work.session.add(Did(**_values(row, common)))
        work.session.flush()
        return NumbersAdded(len(taken), [row.says for row in rows if row.complaint])

    def _common(self, work: UnitOfWork) -> Values:
        typed = {**DID.unwritten(), **self.common}
        judged = DID.judged({name: text for name, text in typed.items() if name not in _BY_ROW})
        complaints = dict(judged.complaints)
        if not typed["country"]:
            complaints.pop("country")
        return Judged(judged.values, complaints | refuse_price(work, judged.values)).sound()


def _values(row: PastedRow, common: Values) -> Values:
    own = {name: value for name, value in row.values.items() if value is not None}
    return common | own | ({} if common.get("country") else {"country": _country(own["number"])})


def _country(number: str) -> str:
    """Where a number belongs by its code; blank for one that belongs to no country."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(f"+{number}", None))
    return region if region and len(region) == 2 and region.isalpha() else ""


def refuse_price(work: UnitOfWork, values: Values) -> dict[str, str]:
    """What is wrong with the price of a number, beside the batch that it names."""
    named = work.select(NumberBatch).where(NumberBatch.id == values.get("batch_id"))
    return _price_misfit(values, work.session.scalars(named).one_or_none())


def _price_misfit(values: Values, batch: NumberBatch | None) -> dict[str, str]:
    """A number has a fee of its own or a batch, and a batch prices what the vendor asks in its own currency."""
    if values.get("batch_id") is None:
        return {} if values.get("fee") is not None else {"fee": "Give the fee, or choose a pricing batch."}
    if batch is None:
        return {"batch_id": "Choose the pricing batch from the list."}
    if values.get("fee") is None and batch.currency != values.get("vendor_currency"):
        return {"vendor_currency": f"The pricing batch {batch.name} prices costs in {batch.currency}."}
    return {}


@dataclass(frozen=True, slots=True)
class DidsEntered:
    """`outcomes`: what became of each row, in order."""

    outcomes: list[str]


@dataclass(frozen=True, kw_only=True)
class EnterDids(Command[DidsEntered]):
    """Enters numbers of the pool: one that is there is changed, another is added; a wrong row stops no other.

    `rows`: each with its fields as typed; what a row does not say stays as it is, or as a new number has it. A new one
    without a country is in that of its code.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = DidsEntered

    rows: tuple[Mapping[str, str], ...]

    def apply(self, work: UnitOfWork) -> DidsEntered:
        if not 0 < len(self.rows) <= MOST_AT_ONCE:
            raise Rejected(f"Enter between 1 and {MOST_AT_ONCE:,} numbers at once.")
        numbers = [_number(row) for row in self.rows]
        held = work.select(Did).where(Did.number.in_(numbers), Did.removed_at.is_(None))
        standing = {did.number: did for did in work.session.scalars(held)}
        batches = {batch.id: batch for batch in work.session.scalars(work.select(NumberBatch))}
        entering = Entering(
            DID, "number", standing, lambda values: work.session.add(Did(**values)), write,
            lambda did, values: _unfit(work, did, values, batches.get(values.get("batch_id") or 0)),
        )  # fmt: skip
        return DidsEntered(
            entering.outcomes(
                row if number in standing else {"country": _country(number) if number else "", **row}
                for number, row in zip(numbers, self.rows, strict=True)
            )
        )


def _unfit(work: UnitOfWork, did: Did | None, values: Values, batch: NumberBatch | None) -> dict[str, str]:
    """What is wrong with a price, for whoever holds the number too."""
    foreign = {} if did is None or did.customer_id is None else _foreign_to_holder(work, did, values)
    return foreign | _price_misfit(values, batch)


def _number(row: Mapping[str, str]) -> str:
    """The digits of the number in a row; blank where there is none that can be read."""
    try:
        return str(DID["number"].read(row.get("number", "")))
    except ValueError:
        return ""


@dataclass(frozen=True, kw_only=True)
class AddDid(AddRecord):
    """Adds one number to the pool."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DID
    unique: ClassVar = ("number",)

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return refuse_price(work, values)


@dataclass(frozen=True, kw_only=True)
class ChangeDid(ChangeRecord):
    """Changes what a number costs and what is said of it; a new price holds from the next charge on."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DID
    called: ClassVar = "The number"

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        whole = self.section.values(row) | values
        return _foreign_to_holder(work, row, whole) | refuse_price(work, whole)


def _foreign_to_holder(work: UnitOfWork, row: Did, values: Values) -> dict[str, str]:
    """Why whoever holds the number could not be given it at this price; empty where nobody does."""
    held_by = work.select(Customer).where(Customer.id == row.customer_id).with_only_columns(Customer.currency)
    billed_in, currency = work.session.scalar(held_by), priced_in(work, **{name: values[name] for name in PRICED})
    if None in (billed_in, currency) or billed_in == currency:
        return {}
    says = f"The number is priced in {currency} then, and its customer is billed in {billed_in}"
    return {"fee_currency": f"{says}."} if values["fee"] is not None else {"batch_id": f"{says}: give it its own fee."}


@dataclass(frozen=True, kw_only=True)
class RemoveDid(RemoveRecord):
    """Takes a number that nobody holds out of the pool: the vendor has it back."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DID
    called: ClassVar = "The number"

    @override
    def kept_because(self, work: UnitOfWork, row: Any) -> str:
        return "" if row.customer_id is None else f"The number {row.number} is held by a customer: release it first."


@dataclass(frozen=True, kw_only=True)
class AddNumberBatch(AddRecord):
    """Adds a pricing batch for numbers of its currency."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = NUMBER_BATCH


@dataclass(frozen=True, kw_only=True)
class ChangeNumberBatch(ChangeRecord):
    """Changes a pricing batch; what is charged of its numbers changes from the next charge on."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = NUMBER_BATCH
    called: ClassVar = "The pricing batch"


@dataclass(frozen=True, kw_only=True)
class RemoveNumberBatch(RemoveRecord):
    """Removes a pricing batch that prices no number."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = NUMBER_BATCH
    called: ClassVar = "The pricing batch"
