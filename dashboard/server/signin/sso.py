"""Single sign-on: the identity from st.login's routes, exchanged at once for a session of our own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime.secrets import SecretsValue
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from data_access.base.clock import Clock
from data_access.base.errors import Refusal
from data_access.base.permissions import Permission, who_can
from data_access.base.settings import Settings
from data_access.commands.people.identities import BindIdentity
from data_access.store import sign_ins
from data_access.store.access import Access, new_command_id

PROVIDER = "default"
_FRESH_DAYS = 5 / (24 * 60)  # five minutes: from the provider's page back to ours, not longer


class UnknownPerson(Refusal):
    """Signed in elsewhere, but nobody here."""

    code = "unknown_person"


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of who came back; blank where it says nothing."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool

    @classmethod
    def told_by(cls, user: Mapping[str, object]) -> Self:
        """Only what is of the right kind counts: a verified address is one that is said to be `true`."""
        issuer, subject, email = (str(user.get(name) or "") for name in ("iss", "sub", "email"))
        return cls(issuer, subject, email, user.get("email_verified") is True)


def secrets_of(settings: Settings) -> dict[str, SecretsValue]:
    """What st.App wants to know for its sign-in routes; nothing where single sign-on is not set up."""
    secret, cookie_secret = settings.oidc_client_secret, settings.oidc_cookie_secret
    if secret is None or cookie_secret is None:
        return {}
    return {
        "auth": {
            "client_id": settings.oidc_client_id or "",
            "client_secret": secret.get_secret_value(),
            "server_metadata_url": settings.oidc_metadata_url or "",
            "cookie_secret": cookie_secret.get_secret_value(),
            "redirect_uri": settings.oidc_redirect_uri or "",
        }
    }


def link() -> str:
    """The path that leads to the provider; good for a moment only."""
    return "/" + generate_login_redirect_url(PROVIDER).lstrip("/")


def claims(request: Request, settings: Settings) -> Claims | None:
    """Who the provider says came back a moment ago; None without a fresh and genuine identity cookie."""
    secret = settings.oidc_cookie_secret
    if secret is None:
        return None

    def genuine(name: str) -> bytes | None:
        return decode_signed_value(secret.get_secret_value(), name, request.cookies.get(name, ""), _FRESH_DAYS)

    told = get_cookie_with_chunks(genuine, USER_COOKIE_NAME)
    if told is None:
        return None
    return Claims.told_by(json.loads(told))


def known_of(engine: Engine, identity: Claims, clock: Clock) -> sign_ins.Known:
    """Who it is: the person bound to issuer and subject, or at the first time the one with that verified address.

    UnknownPerson for anybody else.
    """
    if not (identity.is_email_verified and identity.issuer and identity.subject):
        raise _unknown(identity)
    bound = sign_ins.known_by_identity(engine, identity.issuer, identity.subject)
    if bound is not None:
        return bound
    first = sign_ins.known_by_email(engine, identity.email)
    if first is None:
        raise _unknown(identity)
    order = BindIdentity(issuer=identity.issuer, subject=identity.subject, command_id=new_command_id())
    saved = Access(engine, first.actor, clock).execute(order)
    return sign_ins.Known(first.actor, saved.version)


def _unknown(identity: Claims) -> UnknownPerson:
    who = identity.email or "someone without an e-mail address"
    if not identity.is_email_verified:
        return UnknownPerson(
            f"You signed in as {who}, which your organisation has not verified. The people who run its sign-in can."
        )
    return UnknownPerson(
        f"You signed in as {who}, who has no sign-in for Customer Desk, or is linked to another identity. "
        f"{who_can(Permission.PEOPLE_MANAGE).capitalize()} can add you, or release the old identity."
    )


def forget(request: Request, response: Response) -> None:
    """Drops the identity cookie and its parts: it lives 30 days, a session of ours half a day."""
    for name in request.cookies:
        if name.startswith(USER_COOKIE_NAME):
            response.delete_cookie(name)
