"""The cookies of the sign-in: the session, the proof of a form, and where to go afterwards."""

from dataclasses import dataclass
from typing import Literal

from starlette.responses import RedirectResponse, Response

from dashboard.guard import SESSION_COOKIE
from dashboard.signin_form import CSRF_COOKIE

SameSite = Literal["lax", "strict"]
NEXT_COOKIE = "desk_next"
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Cookies:
    """Out of reach of scripts; over HTTPS only where that is spoken."""

    are_secure: bool

    def signed_in(self, token: str, wanted: str) -> Response:
        """The way on for whoever holds the token of a new session."""
        response = RedirectResponse(wanted, status_code=303, headers=NO_STORE)
        self._set(response, SESSION_COOKIE, token, same_site="lax")
        response.delete_cookie(CSRF_COOKIE)
        response.delete_cookie(NEXT_COOKIE)
        return response

    def with_csrf(self, response: Response, csrf: str) -> Response:
        """A page with a form, and its proof."""
        self._set(response, CSRF_COOKIE, csrf, same_site="strict")
        return response

    def with_next(self, response: Response, wanted: str) -> Response:
        """A page that leads to another site and back, to where was wanted."""
        self._set(response, NEXT_COOKIE, wanted, same_site="lax")
        return response

    def _set(self, response: Response, name: str, value: str, *, same_site: SameSite) -> None:
        response.set_cookie(name, value, httponly=True, secure=self.are_secure, samesite=same_site)
