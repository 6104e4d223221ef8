"""The cookies of the sign-in: the session, the proof of a form, and where to go afterwards."""

import secrets
from dataclasses import dataclass
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

SameSite = Literal["lax", "strict"]
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Cookies:
    """Out of reach of scripts; over HTTPS only where that is spoken, and then under names that bind them to this host.

    A browser takes a cookie called `__Host-` from the host itself only: no neighbour under the same domain sets it.
    """

    are_secure: bool

    @property
    def session(self) -> str:
        return self._named("desk_session")

    @property
    def form(self) -> str:
        return self._named("desk_form")

    @property
    def next(self) -> str:
        return self._named("desk_next")

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.are_secure else name

    def csrf_of(self, request: HTTPConnection) -> str:
        """The token that the next form of this browser carries."""
        return request.cookies.get(self.form) or secrets.token_urlsafe(24)

    def is_ours(self, request: HTTPConnection, sent: dict[str, str]) -> bool:
        """Double submit: the cookie, which no other site can set or read, and the form say the same."""
        expected = request.cookies.get(self.form, "")
        return bool(expected) and secrets.compare_digest(expected.encode(), sent.get("csrf", "").encode())

    def signed_in(self, token: str, wanted: str) -> Response:
        """The way on for whoever holds the token of a new session."""
        response = RedirectResponse(wanted, status_code=303, headers=NO_STORE)
        self._set(response, self.session, token, same_site="lax")
        self._drop(response, self.form)
        self._drop(response, self.next)
        return response

    def signed_out(self) -> Response:
        """The way back to the form, without a session."""
        response = RedirectResponse("/login", status_code=303, headers=NO_STORE)
        self._drop(response, self.session)
        return response

    def with_csrf(self, response: Response, csrf: str) -> Response:
        """A page with a form, and its proof."""
        self._set(response, self.form, csrf, same_site="strict")
        return response

    def with_next(self, response: Response, wanted: str) -> Response:
        """A page that leads to another site and back, to where was wanted."""
        self._set(response, self.next, wanted, same_site="lax")
        return response

    def _set(self, response: Response, name: str, value: str, *, same_site: SameSite) -> None:
        response.set_cookie(name, value, path="/", httponly=True, secure=self.are_secure, samesite=same_site)

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", httponly=True, secure=self.are_secure)
