"""Representatives, distributors and resellers: the people and companies between us and a customer."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.sections import DISTRIBUTOR, REPRESENTATIVE, RESELLER
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord


@dataclass(frozen=True, kw_only=True)
class AddRepresentative(AddRecord):
    """Adds somebody who looks after customers."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = REPRESENTATIVE


@dataclass(frozen=True, kw_only=True)
class ChangeRepresentative(ChangeRecord):
    """Changes what is known about a representative."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = REPRESENTATIVE
    called: ClassVar = "The representative"


@dataclass(frozen=True, kw_only=True)
class RemoveRepresentative(RemoveRecord):
    """Takes a representative out of the list; one that customers have stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = REPRESENTATIVE
    called: ClassVar = "The representative"


@dataclass(frozen=True, kw_only=True)
class AddDistributor(AddRecord):
    """Adds a company that brings customers."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DISTRIBUTOR


@dataclass(frozen=True, kw_only=True)
class ChangeDistributor(ChangeRecord):
    """Changes what is known about a distributor."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DISTRIBUTOR
    called: ClassVar = "The distributor"


@dataclass(frozen=True, kw_only=True)
class RemoveDistributor(RemoveRecord):
    """Takes a distributor out of the list; one that customers have stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DISTRIBUTOR
    called: ClassVar = "The distributor"


@dataclass(frozen=True, kw_only=True)
class AddReseller(AddRecord):
    """Adds an owner of retail customers."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = RESELLER


@dataclass(frozen=True, kw_only=True)
class ChangeReseller(ChangeRecord):
    """Changes what is known about a reseller."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = RESELLER
    called: ClassVar = "The reseller"


@dataclass(frozen=True, kw_only=True)
class RemoveReseller(RemoveRecord):
    """Takes a reseller out of the list; one that customers have stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = RESELLER
    called: ClassVar = "The reseller"
