"""Pasted numbers: which lines of a text can be added to the pool, and why the others cannot."""

from dataclasses import replace

from data_access.domain.entered.pasted import PastedRow, read_pasted, without_twins
from data_access.domain.sections import DID
from data_access.models.numbers import Did
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

_COST = replace(DID["vendor_cost"], needed="")
FIELDS = (DID["number"], DID["description"], _COST)
_KNOWN = "This number is already in the pool, or stands in an earlier row."


def judge_pasted(look: Looks, text: str) -> tuple[PastedRow, ...]:
    """A row for each line: the number, and if they are given its description and what the vendor asks for it."""
    rows = read_pasted(text, FIELDS)
    wanted = [row.values["number"] for row in rows if not row.complaint]
    held = visible(Did, look.actor).where(Did.number.in_(wanted), Did.removed_at.is_(None))
    known = look.session.scalars(held.with_only_columns(Did.number))
    return without_twins(rows, DID["number"], set(known), _KNOWN)
