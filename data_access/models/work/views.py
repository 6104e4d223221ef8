"""Saved views of lists: their owner, who shares them, and a person's defaults for a list."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.fields.field import Control, Field, When, declared
from data_access.fields.kinds import CHOICE, TEXT
from data_access.models.base import PERSONAL, Record, Removable, key_type, one_that_stands

_WORDS = {"nobody": "Only me", "people": "People whom I name", "role": "A role", "everyone": "Everyone"}


class SavedView(Removable):
    """Filter, columns, order and page size under a name. `address`: all of that, as the address of the list has it."""

    __tablename__ = "saved_views"
    __table_args__ = (one_that_stands("saved_views", "owner_id", "page", "name_key"),)

    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    page: Mapped[ViewedList]
    name: Mapped[str] = declared(Field(TEXT, "Name of the view", 60, needed="Give the view a name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    address: Mapped[str] = mapped_column(Text, info=PERSONAL)
    shared_with: Mapped[SharedWith] = declared(
        Field(CHOICE, "Who has it", of=SharedWith, choices=_WORDS, needed="Choose who has the view.",
              control=Control.RADIO),
        default=SharedWith.NOBODY,
    )  # fmt: skip
    role: Mapped[Role | None] = declared(
        Field(CHOICE, "Role", of=Role, choices={role.value: role.value.capitalize() for role in PEOPLE_ROLES},
              needed="Choose the role.", shown_when=When("shared_with", frozenset({"role"}))),
    )  # fmt: skip


class ViewReader(Removable):
    """A person with whom a view is shared by name."""

    __tablename__ = "view_readers"
    __table_args__ = (one_that_stands("view_readers", "view_id", "person_id"),)

    view_id: Mapped[int] = mapped_column(ForeignKey("saved_views.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)


class ListHabit(Record):
    """How a person has a list: the view that it opens with, the columns in their order, and how high its rows are."""

    __tablename__ = "list_habits"
    __table_args__ = (UniqueConstraint("person_id", "page"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    page: Mapped[ViewedList]
    view_id: Mapped[int | None] = mapped_column(ForeignKey("saved_views.id"))
    columns: Mapped[str] = mapped_column(String(400), default="", server_default=sql("''"))
    is_roomy: Mapped[bool] = mapped_column(default=False, server_default=false())
