"""Passwords: hashed, compared, checked when they are chosen, and those of the demo, which are published."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from data_access.base.permissions import PEOPLE_ROLES, Role

SHORTEST, LONGEST = 12, 200

_HASHER = PasswordHasher()
# Of a password nobody knows: an unknown login takes as long to refuse as a wrong password.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$K6KJOCoXe3l9k7xDcFEZRw$HntUbDDu4fWXbqfFB2jk+vmys44Ei2yqVknQ77x2wUQ"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A published sign-in: shown, and taken, in the demo only."""

    role: Role
    login: str
    password: str


DEMO_SIGN_INS = tuple(DemoSignIn(role, role.value, f"{role.value}-demo") for role in PEOPLE_ROLES)
_PUBLISHED = frozenset(demo.password for demo in DEMO_SIGN_INS)


def is_published(password: str) -> bool:
    """Whether everyone knows it: it belongs to the demo."""
    return password in _PUBLISHED


def hash_password(password: str) -> str:
    """Argon2id with its own salt. Takes a quarter of a second on purpose: call it in a thread."""
    return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the hashed one; as slow for whom has none."""
    try:
        return _HASHER.verify(password_hash or NOBODYS_HASH, password) and password_hash is not None
    except VerificationError:
        return False


def unfit(chosen: str, *, now: str) -> str | None:
    """Why a chosen password cannot replace the one of now, as a sentence; None if it can."""
    if len(chosen) < SHORTEST:
        return f"Use at least {SHORTEST} characters: a few words in a row are easy to remember."
    if len(chosen) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if chosen == now:
        return "This is the password you have now: choose another."
    if is_published(chosen):
        return "This password is published with the demo: choose another."
    return None
