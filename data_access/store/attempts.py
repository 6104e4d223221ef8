"""Sign-in attempts, counted: repeated failures from one address wait, and many failures anywhere slow down."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data_access.base.errors import Refusal
from data_access.base.text.numerals import counted
from data_access.models.people import SignInAttempt

WITHIN = timedelta(minutes=15)
HERE = 5  # failures of one name from one address, then it is refused there; nobody else is
UNHURRIED_NAME, UNHURRIED_ADDRESS = 5, 20  # failures of one name anywhere, of one address with any name
PAUSE_A_FAILURE, LONGEST_PAUSE = timedelta(seconds=0.5), timedelta(seconds=5)
_ONE_HOME = 64  # bits: whoever has one IPv6 address has all that begin like it


class SignInRefused(Refusal):
    """Wrong, disabled, too often or not from here; the sentence says which, never whether a login exists."""

    code = "sign_in_refused"


def counted_as(ip: str) -> str:
    """The address under which its failures are counted: an IPv6 address counts as its whole home network."""
    try:
        found = ip_address(ip.split("%")[0])
    except ValueError:
        return ip
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return str(IPv6Network((found, _ONE_HOME), strict=False)) if isinstance(found, IPv6Address) else str(found)


def refuse_too_many(session: Session, login_key: str, *, ip: str, now: datetime) -> None:
    """SignInRefused, with the minutes to wait, after too many failures of this name from this very address.

    The same name from elsewhere is not refused: nobody can lock somebody else out by guessing.
    """
    here = [SignInAttempt.login_key == login_key, SignInAttempt.ip == counted_as(ip)]
    last_success = _last_success(session, here)
    if last_success is not None:
        here.append(SignInAttempt.at > last_success)
    newest_first = select(SignInAttempt.at).order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
    oldest = session.scalar(newest_first.where(*here, *_recent_failures(now)).offset(HERE - 1).limit(1))
    if oldest is not None:
        minutes = ceil((oldest + WITHIN - now) / timedelta(minutes=1))
        raise SignInRefused(f"Too many failed sign-ins. Try again in {counted(minutes, 'minute')}.")


def pause_before(session: Session, login_key: str, *, ip: str, now: datetime) -> timedelta:
    """How long a try waits before it is judged: longer the more has failed, never for who signed in from here before.

    It slows guessing of one name from many addresses, and of many names from one, and locks nobody out.
    """
    of_name, of_address = SignInAttempt.login_key == login_key, SignInAttempt.ip == counted_as(ip)
    if _last_success(session, [of_name, of_address]) is not None:
        return timedelta()
    too_many = max(
        _failures(session, of_name, now) - UNHURRIED_NAME, _failures(session, of_address, now) - UNHURRIED_ADDRESS, 0
    )
    return min(too_many * PAUSE_A_FAILURE, LONGEST_PAUSE)


def _last_success(session: Session, who: list[ColumnElement[bool]]) -> datetime | None:
    return session.scalar(select(func.max(SignInAttempt.at)).where(*who, SignInAttempt.succeeded))


def _failures(session: Session, who: ColumnElement[bool], now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(SignInAttempt).where(who, *_recent_failures(now))) or 0


def _recent_failures(now: datetime) -> list[ColumnElement[bool]]:
    return [SignInAttempt.at > now - WITHIN, ~SignInAttempt.succeeded]
