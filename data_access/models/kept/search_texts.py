"""Search texts: what a customer is found by, normalised, maintained as its rows change."""

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from data_access.models.base import PERSONAL, Base

SEARCHED = (
    "code", "name", "contact", "email", "phone", "place", "reference", "tax_id", "account", "login", "did",
)  # fmt: skip
KINDS = 8  # of rows with texts, some to spare: the id of a text is that of its row times this, and its kind
INDEX = "search_index"  # of SQLite: a table of its own beside this one


class SearchText(Base):
    """What one row of a customer is found by: its own row, its additional info, an account, a login or a number.

    Each value stands between a new line with a blank and a new line, so that “begins with”, “is” and “a word begins
    with” are parts of the text as “contains” is. Triggers keep the rows, in the same transaction; an index of trigrams
    finds any part of three letters.
    """

    __tablename__ = "search_texts"
    __table_args__ = (
        Index(
            "ix_search_texts_trigrams", *SEARCHED, postgresql_using="gin",
            postgresql_ops=dict.fromkeys(SEARCHED, "gin_trgm_ops"),
        ).ddl_if(dialect="postgresql"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int]
    code: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    contact: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    email: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    phone: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    place: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    reference: Mapped[str] = mapped_column(Text, default="")
    tax_id: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    account: Mapped[str] = mapped_column(Text, default="")
    login: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    did: Mapped[str] = mapped_column(Text, default="")
