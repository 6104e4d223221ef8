"""The limits of people, written: a row a currency."""

from data_access.base.money import ZERO
from data_access.domain.allowances import Allowance
from data_access.models.people import Person, PersonalLimit
from data_access.store.unit_of_work import UnitOfWork


def _rows_of(work: UnitOfWork, person: Person) -> dict[str, PersonalLimit]:
    mine = work.select(PersonalLimit).where(PersonalLimit.person_id == person.id)
    return {row.currency: row for row in work.session.scalars(mine)}


def limits_of(work: UnitOfWork, person: Person) -> tuple[Allowance, ...]:
    """The limits of a person as they stand, by currency."""
    rows = _rows_of(work, person).values()
    held = [Allowance(row.currency, row.per_booking, row.per_day) for row in rows]
    return tuple(sorted(one for one in held if one.per_booking or one.per_day))


def set_limits(work: UnitOfWork, person: Person, limits: tuple[Allowance, ...]) -> None:
    """These and no others; a row of nothing is one that was taken away."""
    rows, wanted = _rows_of(work, person), {one.currency: one for one in limits}
    for currency in sorted(rows.keys() | wanted.keys()):
        to = wanted.get(currency, Allowance(currency, ZERO, ZERO))
        if currency not in rows:
            work.add(
                PersonalLimit(person_id=person.id, currency=currency, per_booking=to.per_booking, per_day=to.per_day)
            )
        else:
            rows[currency].per_booking, rows[currency].per_day = to.per_booking, to.per_day
