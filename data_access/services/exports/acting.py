"""With whose permissions an export file is written, and who may still have it."""

from dataclasses import dataclass

from data_access.base.errors import NotPermitted
from data_access.base.permissions import Actor, Permission
from data_access.search.list_address import Addressable

_SHOWS = Permission.PERSONAL_EXPORT


@dataclass(frozen=True, slots=True)
class ExportSight:
    """What a person might see when a file was asked for: of which reseller, and whether names and contacts."""

    reseller_id: int | None
    shows_personal: bool

    @classmethod
    def of(cls, actor: Actor) -> "ExportSight":
        return cls(actor.reseller_id, actor.may(_SHOWS))


def require_sight(actor: Actor, sight: ExportSight, selection: Addressable) -> None:
    """NotPermitted for who may export no more, or may see less now than the file holds."""
    actor.require(Permission.CUSTOMER_EXPORT)
    selection.require(actor)
    if actor.reseller_id not in (None, sight.reseller_id):
        raise NotPermitted("You see other customers now than when you asked for this export: ask for a new one.")
    if sight.shows_personal:
        actor.require(_SHOWS)


def require_same_sight(actor: Actor, sight: ExportSight, selection: Addressable) -> None:
    """NotPermitted as well for who may see more by now: a file is written as it was asked for, or not at all."""
    require_sight(actor, sight, selection)
    if ExportSight.of(actor) != sight:
        raise NotPermitted("You may see more now than when you asked for this export: ask for a new one.")
