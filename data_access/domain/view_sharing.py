"""View sharing: whom a saved view reaches. It gives nobody a right: each sees in it what they see anyway."""

from sqlalchemy import ColumnElement, and_, exists, inspect, or_, select

from data_access.base.permissions import Actor
from data_access.base.viewed_lists import SharedWith
from data_access.models.people import Person
from data_access.models.views import SavedView, ViewReader

_OWNERS = inspect(Person).local_table.alias("owners")  # as a table: whom one sees says nothing about who shares


def reaches(actor: Actor) -> ColumnElement[bool]:
    """Whether a view is the actor's own, or shared with them by name, by their role or with everyone.

    Who sees the customers of one reseller shares by role with the people of that reseller alone.
    """
    named = select(ViewReader.view_id).where(ViewReader.person_id == actor.person_id, ViewReader.removed_at.is_(None))
    near = or_(_OWNERS.c.reseller_id.is_(None), _OWNERS.c.reseller_id == actor.reseller_id)
    of_near = exists().where(_OWNERS.c.id == SavedView.owner_id, near).correlate(SavedView)
    return or_(
        SavedView.owner_id == actor.person_id,
        SavedView.shared_with == SharedWith.EVERYONE,
        and_(SavedView.shared_with == SharedWith.PEOPLE, SavedView.id.in_(named)),
        and_(SavedView.shared_with == SharedWith.ROLE, SavedView.role == actor.role, of_near),
    )
