"""Abbreviated numbers of a customer: what one may be and dial, and which lines of a text can be added."""

from collections.abc import Collection
from dataclasses import replace

from data_access.base.text.numerals import counted
from data_access.base.text.parsing import international_number
from data_access.domain.entered.pasted import PastedRow, read_pasted, without_twins
from data_access.domain.sections import ABBREVIATED_NUMBER
from data_access.models.card.dialing import AbbreviatedNumber, Dialing
from data_access.models.customers import Account
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

_KNOWN = "This abbreviated number already exists, or stands in an earlier row."
NO_LENGTH = "Set the maximum length first: without it no number can be added."


def longest_of(look: Looks, customer_id: int) -> int | None:
    """How long an abbreviated number may be; None: the customer has none."""
    mine = visible(Dialing, look.actor).where(Dialing.customer_id == customer_id)
    return look.session.scalar(mine.with_only_columns(Dialing.longest))


def numbers_of(look: Looks, customer_id: int) -> list[str]:
    """The abbreviated numbers that there are, in their order."""
    mine = visible(AbbreviatedNumber, look.actor).where(
        AbbreviatedNumber.customer_id == customer_id, AbbreviatedNumber.removed_at.is_(None)
    )
    by_number = mine.with_only_columns(AbbreviatedNumber.number).order_by(AbbreviatedNumber.number)
    return list(look.session.scalars(by_number))


def too_long(number: str, longest: int) -> str:
    """Why a number is too long; empty where it is not."""
    if len(number) <= longest:
        return ""
    return f"At most {counted(longest, 'digit')} fit; this has {len(number)}. Raise the maximum length first."


def target_misfit(look: Looks, customer_id: int, targets: Collection[str]) -> dict[str, str]:
    """Why each of these cannot be dialled: it is no international number and no account of the customer."""
    others = [target for target in targets if target and not _is_international(target)]
    mine = visible(Account, look.actor).where(Account.customer_id == customer_id, Account.account_code.in_(others))
    known = set(look.session.scalars(mine.with_only_columns(Account.account_code))) if others else set()
    sentence = "This is no international number, such as +49 30 1234567, and no account of the customer."
    return {target: sentence for target in others if target not in known}


def _is_international(target: str) -> bool:
    try:
        return international_number(target) == target.lstrip("+")
    except ValueError:
        return False


def judge_lines(look: Looks, customer_id: int, text: str) -> tuple[PastedRow, ...]:
    """A row for each line: the abbreviated number, what it dials and a description, the last two if they are given."""
    longest = longest_of(look, customer_id)
    rows = read_pasted(text, tuple(ABBREVIATED_NUMBER))
    misfits = target_misfit(look, customer_id, [row.values["target"] for row in rows if not row.complaint])
    judged = [row if row.complaint else replace(row, complaint=_complaint(row, longest, misfits)) for row in rows]
    return without_twins(judged, ABBREVIATED_NUMBER["number"], numbers_of(look, customer_id), _KNOWN)


def _complaint(row: PastedRow, longest: int | None, misfits: dict[str, str]) -> str:
    if longest is None:
        return NO_LENGTH
    return too_long(row.values["number"], longest) or misfits.get(row.values["target"], "")
