"""Tags: user-defined words by which customers are sorted and found, and which customer has which."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.fields.field import Field, declared
from data_access.fields.kinds import REFERENCE, TEXT
from data_access.models.base import Removable, key_type, one_that_stands


class Tag(Removable):
    """A word that customers can be tagged with. It has no effect of its own."""

    __tablename__ = "tags"
    __table_args__ = (one_that_stands("tags", "name_key"),)

    name: Mapped[str] = declared(Field(TEXT, "Tag", 40, needed="Give the tag."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    description: Mapped[str] = declared(Field(TEXT, "Description", 400))


class CustomerTag(Removable):
    """That a customer has a tag."""

    __tablename__ = "customer_tags"
    __table_args__ = (one_that_stands("customer_tags", "customer_id", "tag_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    tag_id: Mapped[int] = declared(
        Field(REFERENCE, "Tag", refers_to="tags", needed="Choose the tag."), ForeignKey("tags.id"), index=True
    )
