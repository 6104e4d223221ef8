"""Whether a login and a password are valid for web self-care: what a self-care portal asks us."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.clock import day_in
from data_access.base.permissions import SYSTEM
from data_access.base.text.text_keys import fold
from data_access.domain.passwords import matches
from data_access.domain.usage.self_care_access import SelfCareFacts, refusal_of_self_care
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.customers import Account, Customer
from data_access.store import sign_ins
from data_access.store.attempts import SignInRefused
from data_access.store.scope import visible

_OURS = "self-care\n"  # failures of a person of the desk who is called alike are counted apart
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class SelfCareIdentity:
    """Who came in: a customer, or one account of it."""

    customer_id: int
    account_id: int | None


@dataclass(frozen=True, slots=True)
class _Known:
    identity: SelfCareIdentity
    password_hash: str | None
    refusal: str | None


def verify_self_care_login(engine: Engine, login: str, password: str, *, ip: str, now: datetime) -> SelfCareIdentity:
    """Who has this login and password. SignInRefused where they are wrong, failed too often, or self-care is closed.

    An unknown login takes as long to refuse as a wrong password, and why self-care is closed is told only to who knows
    the password. Takes a quarter of a second on purpose: call it in a thread.
    """
    key = fold(login).replace("\0", "")[:_LONGEST]
    attempt_id = sign_ins.claim_attempt(engine, f"{_OURS}{key}", ip=ip, now=now)
    known = _known(engine, key, now) if key else None
    is_right = matches(known.password_hash if known else None, password)
    if known is None or not is_right:
        raise SignInRefused("The login or the password is wrong.")
    if known.refusal is not None:
        raise SignInRefused(known.refusal)
    sign_ins.note_success(engine, attempt_id)
    return known.identity


def _known(engine: Engine, key: str, now: datetime) -> _Known | None:
    query = (
        visible(SelfCareLogin, SYSTEM)
        .join(Customer, Customer.id == SelfCareLogin.customer_id)
        .outerjoin(Account, Account.id == SelfCareLogin.account_id)
        .where(SelfCareLogin.login_key == key)
        .with_only_columns(
            SelfCareLogin.customer_id, SelfCareLogin.account_id, SelfCareLogin.password_hash, Customer.bill_status,
            Customer.blocked, Customer.billing_zone, Account.blocked.label("account_blocked"),
            Account.ended_on.label("account_ended_on"),
        )
    )  # fmt: skip
    with Session(engine) as session:
        row = session.execute(query).one_or_none()
    if row is None:
        return None
    facts = SelfCareFacts(
        row.bill_status, row.blocked, day_in(row.billing_zone, now), bool(row.account_blocked), row.account_ended_on
    )
    identity = SelfCareIdentity(row.customer_id, row.account_id)
    return _Known(identity, row.password_hash, refusal_of_self_care(facts))
