"""Single sign-on: the identity that st.login's routes brought back, traded at once for a session of our own."""

import json
from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime.secrets import SecretsValue
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from data_access import technical
from data_access.errors import Refusal
from data_access.settings import Settings

PROVIDER = "default"
_FRESH_DAYS = 5 / (24 * 60)  # five minutes: from the provider's page back to ours, not longer


class UnknownPerson(Refusal):
    """Signed in elsewhere, but nobody here."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of who came back."""

    email: str
    is_email_verified: bool


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
    user = json.loads(told)
    return Claims(str(user.get("email") or ""), user.get("email_verified") is not False)


def person_id_of(engine: Engine, identity: Claims) -> int:
    """The active person with that e-mail address. UnknownPerson when there is no such one."""
    person_id = technical.person_id_by_email(engine, identity.email) if identity.is_email_verified else None
    if person_id is None:
        raise UnknownPerson(
            f"You signed in as {identity.email or 'someone without an e-mail address'}, "
            "who is not among the people of Customer Desk. An administrator can add you."
        )
    return person_id


def forget(request: Request, response: Response) -> None:
    """Drops the identity cookie and its parts: it lives 30 days, a session of ours half a day."""
    for name in request.cookies:
        if name.startswith(USER_COOKIE_NAME):
            response.delete_cookie(name)
