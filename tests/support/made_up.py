"""Records that are in no product: the pet of a customer, with a declared field of every kind, its walks, and breeds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine, ForeignKey, MetaData, String
from sqlalchemy.orm import Mapped, mapped_column, registry

from data_access.base.engine import Door
from data_access.base.events import Event
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.field_labels import ENTITIES
from data_access.domain.references import REFERRED, Referred
from data_access.domain.sections import SECTIONS
from data_access.fields import kinds
from data_access.fields.field import Field, When, declared, fields_of
from data_access.fields.kinds import at_least, json_rows
from data_access.fields.section import FieldSection
from data_access.models.base import Base, Record
from data_access.queries.audit import audit_values
from data_access.services.section_edit import EditBeside
from data_access.services.section_records import (
    AddBeside,
    AddRecord,
    ChangeBeside,
    ChangeRecord,
    RemoveBeside,
    RemoveRecord,
)
from data_access.store import confined, scope


class Species(StrEnum):
    CAT = "cat"
    DOG = "dog"
    PARROT = "parrot"


class Elsewhere(Record):
    """Tables beside those of the product: no migration knows them, and no walk over the tables finds them."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    _sa_registry = registry(metadata=metadata, type_annotation_map=Base.type_annotation_map)


class Pet(Elsewhere):
    __tablename__ = "pets"

    customer_id: Mapped[int] = mapped_column(unique=True)
    pet_name: Mapped[str] = declared(
        Field(kinds.TEXT, "Name of the pet", 30, personal=True, needed="Give the name.", event=Event.CONTACT_CHANGED),
        default="",
    )
    chip: Mapped[str] = declared(Field(kinds.CODE, "Chip", 15))
    habits: Mapped[str] = declared(Field(kinds.LINES, "Habits", 400, personal=True))
    vet: Mapped[str] = declared(Field(kinds.PHONE, "Vet", 40, personal=True))
    letters: Mapped[str] = declared(Field(kinds.EMAILS, "Letters go to", 254, personal=True))
    sitter: Mapped[str | None] = declared(Field(kinds.EMAIL, "Sitter", 254, personal=True))
    born_in: Mapped[str] = declared(Field(kinds.COUNTRY, "Born in"))
    legs: Mapped[int | None] = declared(Field(kinds.INTEGER, "Legs", 8, least=0))
    keep: Mapped[Decimal | None] = declared(
        Field(kinds.AMOUNT, "Keep", right=Permission.LIMIT_EDIT, rule=at_least(ZERO, "Nobody is paid for a pet."))
    )
    fur: Mapped[Decimal | None] = declared(Field(kinds.PER_CENT, "Fur", 100, least=0))
    born_on: Mapped[date | None] = declared(Field(kinds.DAY, "Born on"))
    seen_at: Mapped[datetime | None] = declared(Field(kinds.INSTANT, "Last seen"))
    species: Mapped[Species | None] = declared(Field(kinds.CHOICE, "Species", of=Species))
    colour: Mapped[str] = declared(
        Field(kinds.CHOICE, "Colour", choices={"green": "Green", "grey": "Grey"},
              offers=lambda typed: ("green", "grey") if typed.get("species") == "parrot" else ("grey",)),
        type_=String(20), default="",
    )  # fmt: skip
    tricks: Mapped[str] = declared(Field(kinds.SEVERAL, "Tricks", 60, choices={"sit": "Sits", "speak": "Speaks"}))
    words: Mapped[int | None] = declared(
        Field(kinds.INTEGER, "Words", 1000, shown_when=When("species", frozenset({"parrot"})))
    )
    plan_id: Mapped[int | None] = declared(Field(kinds.REFERENCE, "Plan of the pet", refers_to="subscription_plans"))
    paid_in: Mapped[str] = declared(Field(kinds.CURRENCY, "Paid in"), default="")
    clock: Mapped[str] = declared(Field(kinds.ZONE, "Clock"), default="")
    tame: Mapped[bool] = declared(Field(kinds.TICK, "Tame", imported_as="is_tame"))
    insured: Mapped[bool | None] = declared(Field(kinds.PER_CLASS, "Insured", inherits="suspend_on_insufficient_funds"))
    toys: Mapped[str] = declared(
        Field(kinds.ROWS, "Toys", rows=json_rows(
            Field(kinds.TEXT, "Toy", 20, needed="Give the toy.", name="toy"),
            Field(kinds.INTEGER, "How many", 9, name="many"),
        ))
    )  # fmt: skip


class Breed(Elsewhere):
    __tablename__ = "breeds"

    name: Mapped[str] = declared(Field(kinds.TEXT, "Breed", 40, needed="Give the breed."))
    name_key: Mapped[str] = mapped_column(String(60))
    size: Mapped[str] = declared(
        Field(kinds.CHOICE, "Size", choices={"small": "Small", "large": "Large"}), type_=String(20), default="small"
    )
    removed_at: Mapped[datetime | None]


class Walk(Elsewhere):
    __tablename__ = "walks"

    customer_id: Mapped[int]
    name: Mapped[str] = declared(Field(kinds.TEXT, "Walk", 40, needed="Give the walk."))
    walker: Mapped[str] = declared(Field(kinds.TEXT, "Walker", 40, personal=True, event=Event.CONTACT_CHANGED))
    minutes: Mapped[int | None] = declared(Field(kinds.INTEGER, "Minutes", 90, least=5))
    pay: Mapped[Decimal | None] = declared(Field(kinds.AMOUNT, "Pay", right=Permission.LIMIT_EDIT))
    breed_id: Mapped[int | None] = declared(
        Field(kinds.REFERENCE, "Breed", refers_to="breeds", stands_for="Any breed"), ForeignKey("breeds.id")
    )
    removed_at: Mapped[datetime | None]


PETS = FieldSection("pets", Pet, "Pets", fields_of(Pet), Permission.CUSTOMER_READ, Permission.CUSTOMER_EDIT)


@dataclass(frozen=True, kw_only=True)
class EditPets(EditBeside):
    """Changes the pet of a customer."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = PETS
    called: ClassVar = "The pet"


WALKS = FieldSection("walks", Walk, "Walks", fields_of(Walk), Permission.CUSTOMER_READ, Permission.CUSTOMER_EDIT)
BREEDS = FieldSection("breeds", Breed, "Breeds", fields_of(Breed), Permission.CLASS_READ, Permission.CLASS_EDIT)


@dataclass(frozen=True, kw_only=True)
class AddWalk(AddBeside):
    """Adds a walk."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = WALKS
    unique: ClassVar = ("name",)


@dataclass(frozen=True, kw_only=True)
class ChangeWalk(ChangeBeside):
    """Changes a walk."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = WALKS
    unique: ClassVar = ("name",)
    called: ClassVar = "The walk"


@dataclass(frozen=True, kw_only=True)
class RemoveWalk(RemoveBeside):
    """Removes a walk."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = WALKS
    called: ClassVar = "The walk"


@dataclass(frozen=True, kw_only=True)
class AddBreed(AddRecord):
    """Adds a breed."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = BREEDS


@dataclass(frozen=True, kw_only=True)
class ChangeBreed(ChangeRecord):
    """Changes a breed."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = BREEDS
    called: ClassVar = "The breed"


@dataclass(frozen=True, kw_only=True)
class RemoveBreed(RemoveRecord):
    """Removes a breed."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = BREEDS
    called: ClassVar = "The breed"


_SCOPES: dict[type[Any], Any] = {
    Pet: scope._of_own_customer(Pet),
    Walk: scope._of_own_customer(Walk),
    Breed: scope._everyone,
}


@contextmanager
def pets_in(engine: Engine, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """For the length of the block the product knows the pets: their tables, scopes, sections and names."""
    for section in (PETS, WALKS, BREEDS):
        model = section.model
        patch.setitem(scope.SCOPES, model, _SCOPES[model])
        patch.setitem(SECTIONS, section.name, section)
        patch.setitem(ENTITIES, model.__name__, model.__name__)
        patch.setitem(audit_values._MODELS, model.__name__, model)
    patch.setattr(confined, "_DECLARED", confined._DECLARED | {model.__table__ for model in _SCOPES})
    patch.setitem(REFERRED, "breeds", Referred(Breed))
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, connection.begin():
        Elsewhere.metadata.create_all(connection)
    yield
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, connection.begin():
        Elsewhere.metadata.drop_all(connection)
