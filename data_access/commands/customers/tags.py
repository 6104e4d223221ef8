"""Tags of customers: which there are, and which a customer has."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.domain.sections import TAG
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.customers import Customer
from data_access.services.section_edit import lock_editable, write
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Tagged:
    """`tags`: those that the customer has now, by name."""

    customer_id: int
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TagCustomer(Command[Tagged]):
    """Gives a customer tags and takes others away, by id; what it has or has not already is left as it is.

    Rejected where nothing would change; Invalid at `tags` for one that is not offered any more.
    """

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = Tagged

    customer_id: int
    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()

    def apply(self, work: UnitOfWork) -> Tagged:
        customer = lock_editable(work, self.customer_id)
        rows = work.select(CustomerTag).where(CustomerTag.customer_id == customer.id, CustomerTag.removed_at.is_(None))
        standing = {row.tag_id: row for row in work.session.scalars(rows)}
        gone = [row for tag_id, row in standing.items() if tag_id in self.remove]
        new = [tag_id for tag_id in dict.fromkeys(self.add) if tag_id not in standing]
        if not gone and not new:
            raise Rejected("The tags of the customer are so already: nothing was saved.")
        self._judge(work, new)
        for row in gone:
            write(row, {"removed_at": work.now})
        for tag_id in new:
            work.add(CustomerTag(customer_id=customer.id, tag_id=tag_id))
        work.session.flush()
        return Tagged(customer.id, tags_of(work, customer))

    def _judge(self, work: UnitOfWork, new: list[int]) -> None:
        offered = work.select(Tag).where(Tag.id.in_(new), Tag.removed_at.is_(None)).with_only_columns(Tag.id)
        if len(work.session.scalars(offered).all()) < len(new):
            raise Invalid({"tags": "One of these tags no longer exists: choose again."})


def tags_of(work: UnitOfWork, customer: Customer) -> tuple[str, ...]:
    """The names of a customer's tags, in order."""
    theirs = work.select(Tag).join(CustomerTag, CustomerTag.tag_id == Tag.id)
    mine = theirs.where(CustomerTag.customer_id == customer.id, CustomerTag.removed_at.is_(None))
    return tuple(work.session.scalars(mine.with_only_columns(Tag.name).order_by(Tag.name_key)))


@dataclass(frozen=True, kw_only=True)
class AddTag(AddRecord):
    """Adds a tag that customers can be given."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TAG


@dataclass(frozen=True, kw_only=True)
class ChangeTag(ChangeRecord):
    """Renames or describes a tag; customers keep it."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TAG
    called: ClassVar = "The tag"


@dataclass(frozen=True, kw_only=True)
class RemoveTag(RemoveRecord):
    """Takes a tag out of the list; one that customers have stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TAG
    called: ClassVar = "The tag"
