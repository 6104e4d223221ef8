"""The mapping: the format of a file, and for each field its column or constant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from data_access.base.text.sheets import unguarded
from data_access.domain.entered.card_columns import CARD_COLUMNS, CUSTOM_HEADING, ROW_COLUMNS, key_of_custom
from data_access.fields.kinds import AMOUNT, DAY, PER_CENT
from data_access.imports.files.amounts import Written

_MAPPED_AS = {"customer_class_id": "customer_class", "reseller_id": "reseller", "opening_balance": "balance"}
PLAIN = Written()
AMOUNTS = {
    "balance", "not_invoiced", "credit_limit", "temporary_limit", "daily_spending_limit", "total", "amount", "quantity",
    "default_credit_limit", "price", "message_price", "fee", "vendor_cost", *(
        f"{section}_{name}" for section in ("regular", "out_of_turn")
        for name in ("late_fee", "reactivation_fee", "threshold")
    ),
    *(key for key, column in (CARD_COLUMNS | ROW_COLUMNS).items() if column.field.kind in (AMOUNT, PER_CENT)),
}  # fmt: skip
_DATES = {
    "issued_on", "due_on", "settled_on", "used_on", "balance_due_on", "first_lifted_on", "terminate_on",
    *(key for key, column in (CARD_COLUMNS | ROW_COLUMNS).items() if column.field.kind is DAY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where one field comes from. `values` translates; what it does not name becomes `otherwise`, or is refused.

    `clears` says that a blank cell means blank; without it nothing is told by it, and what stands here is kept.
    `if_there`: a file without the column tells nothing by it.
    """

    column: str | None = None
    constant: str = ""
    values: Mapping[str, str] | None = None
    otherwise: str | None = None
    written: Written = PLAIN
    clears: bool = False
    if_there: bool = False

    def cell(self, cells: Mapping[str, str]) -> str:
        """The text of the cell without outer blanks; the constant where there is no column."""
        return self.constant if self.column is None else unguarded(cells[self.column].strip())

    def is_guarded(self, cells: Mapping[str, str]) -> bool:
        """Whether an apostrophe says that this is text, whatever it begins with."""
        return self.column is not None and self.cell(cells) != cells[self.column].strip()

    def read(self, cells: Mapping[str, str]) -> str:
        """The field's text; ValueError if the mapping has no translation for it."""
        return self.translated(self.cell(cells))

    def translated(self, text: str) -> str:
        """The text of a cell as the field's; likewise."""
        if self.column is None:
            return text
        if self.values is None:
            return self.written.plain(text)
        translated = self.values.get(text, self.otherwise)
        if translated is None:
            raise ValueError(f"The mapping has no translation for “{text[:60]}”.")
        return translated

    def tells_nothing(self, cells: Mapping[str, str]) -> bool:
        """Whether the cell is blank and nobody has said what that means."""
        means = self.clears or "" in (self.values or {}) or self.otherwise is not None
        return self.column is not None and not means and not cells[self.column].strip()


@dataclass(frozen=True, slots=True)
class NewClass:
    """A customer class that is made if there is none of its name. `name` "" is any name that the file says."""

    name: str
    business_model: str
    net_days: int
    currency: str | None


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A mapping that was read. `customer` tells how a customer is made out of a row of another kind.

    `custom`: how each custom field is read, where a file has them by their headings.
    """

    text: str
    fields: Mapping[str, FieldRule]
    customer: Mapping[str, FieldRule] = field(default_factory=dict)
    create_customers: bool = False
    create_resellers: bool = False
    new_classes: tuple[NewClass, ...] = ()
    date_format: str = "%Y-%m-%d"
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    sheet: str | None = None
    skip_rows: int = 0
    stop_at: str = ""
    custom: FieldRule | None = None

    def fitted(self, headings: Iterable[str]) -> "FileMapping":
        """The same for a file with these headings: what is taken by its heading, where there is one."""
        there = set(headings)
        fields = {name: rule for name, rule in self.fields.items() if not rule.if_there or rule.column in there}
        if self.custom is not None:
            taken = {rule.column for rule in fields.values()}
            own = sorted(one for one in there - taken if one.startswith(CUSTOM_HEADING))
            fields |= {key_of_custom(one): replace(self.custom, column=one) for one in own}
        return replace(self, fields=fields)

    def columns(self) -> set[str]:
        """Every column that the file has to have."""
        rules = (*self.fields.values(), *self.customer.values())
        return {rule.column for rule in rules if rule.column is not None}

    def column_of(self, name: str) -> str:
        """The column of a field; "" if it has none, or is no field at all."""
        mapped = _MAPPED_AS.get(name, name)
        rule = self.fields.get(mapped) or self.customer.get(mapped)
        return rule.column or "" if rule else ""

    def marks(self) -> dict[str, str]:
        """The columns of amounts, with the decimal mark that each is written with."""
        return {rule.column: rule.written.decimal for rule in self.fields.values() if rule.column is not None}

    def dates(self) -> set[str]:
        """The columns in which a spreadsheet's number is a day."""
        return {rule.column for name, rule in self.fields.items() if name in _DATES and rule.column}
