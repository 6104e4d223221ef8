"""Signing in and out: the routes that trade a password, or a single sign-on, for a session cookie."""

import secrets
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import sso
from dashboard.guard import SESSION_COOKIE, local_path
from dashboard.signin_page import SignInForm, refusal_page, sign_in_page, sign_out_page
from data_access import technical
from data_access.clock import Clock
from data_access.errors import Refusal
from data_access.settings import Environment, Settings

CSRF_COOKIE = "desk_form"
NEXT_COOKIE = "desk_next"
_LARGEST_FORM = 16 * 1024
PASSWORDS_AT_ONCE = 2  # verifying a password takes 64 MiB and a core
_NO_STORE = {"Cache-Control": "no-store"}
_EXPIRED = "This form was open too long or came from another page. Try again."


@dataclass(frozen=True, slots=True)
class SignIn:
    """The routes, on one database and with the settings of this process."""

    engine: Engine
    settings: Settings
    clock: Clock
    limiter: CapacityLimiter

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.show, methods=["GET"]),
            Route("/login", self.submit, methods=["POST"]),
            Route("/login/sso", self.to_provider, methods=["GET"]),
            Route("/logout", self.ask_to_leave, methods=["GET"]),
            Route("/logout", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        wanted = local_path(request.query_params.get("next", "/"))
        token = request.cookies.get(SESSION_COOKIE)
        if token is not None and await to_thread.run_sync(self._is_signed_in, token):
            return RedirectResponse(wanted, status_code=303, headers=_NO_STORE)
        identity = sso.claims(request, self.settings)
        if identity is not None:
            return await self._trade(identity, request)
        return self._page(SignInForm(csrf=_csrf(request), next=wanted), status=200)

    async def submit(self, request: Request) -> Response:
        sent = await _form(request)
        form = SignInForm(csrf=_csrf(request), next=local_path(sent.get("next", "/")), login=sent.get("login", ""))
        if not _is_ours(request, sent):
            return self._page(replace(form, complaints={"": _EXPIRED}), status=403)
        complaints = _missing(sent)
        if complaints:
            return self._page(replace(form, complaints=complaints), status=422)
        try:
            token = await to_thread.run_sync(self._sign_in, request, sent, limiter=self.limiter)
        except Refusal as refusal:
            return self._page(replace(form, complaints={"": str(refusal)}), status=401)
        return self._signed_in(token, form.next)

    async def ask_to_leave(self, request: Request) -> Response:
        if SESSION_COOKIE not in request.cookies:
            return RedirectResponse("/login", status_code=303, headers=_NO_STORE)
        csrf = _csrf(request)
        return self._with_csrf(HTMLResponse(sign_out_page(csrf), headers=_NO_STORE), csrf)

    async def leave(self, request: Request) -> Response:
        if not _is_ours(request, await _form(request)):
            return HTMLResponse(refusal_page(_EXPIRED), status_code=403, headers=_NO_STORE)
        token = request.cookies.get(SESSION_COOKIE, "")
        await to_thread.run_sync(technical.sign_out, self.engine, token, self.clock())
        response = RedirectResponse("/login", status_code=303, headers=_NO_STORE)
        response.delete_cookie(SESSION_COOKIE)
        return response

    def _is_signed_in(self, token: str) -> bool:
        return technical.actor_for_token(self.engine, token, self.clock()) is not None

    def _sign_in(self, request: Request, sent: dict[str, str]) -> str:
        return technical.sign_in(
            self.engine,
            sent["login"],
            sent["password"],
            ip=_address(request),
            user_agent=_agent(request),
            now=self.clock(),
            demo=self._is_demo,
        )

    async def to_provider(self, _: Request) -> Response:
        if not self.settings.has_oidc:
            return RedirectResponse("/login", status_code=303, headers=_NO_STORE)
        return RedirectResponse(sso.link(), status_code=303, headers=_NO_STORE)

    async def _trade(self, identity: sso.Claims, request: Request) -> Response:
        """The identity is used up at once: from here on our own session counts, and our own table of people."""
        try:
            token = await to_thread.run_sync(self._open_for, identity, request)
            response: Response = self._signed_in(token, local_path(request.cookies.get(NEXT_COOKIE, "/")))
        except Refusal as refusal:
            response = HTMLResponse(refusal_page(str(refusal)), status_code=403, headers=_NO_STORE)
        sso.forget(request, response)
        return response

    def _open_for(self, identity: sso.Claims, request: Request) -> str:
        person_id = sso.person_id_of(self.engine, identity)
        return technical.open_session(
            self.engine, person_id, self.clock(), ip=_address(request), user_agent=_agent(request)
        )

    def _signed_in(self, token: str, wanted: str) -> Response:
        response = RedirectResponse(wanted, status_code=303, headers=_NO_STORE)
        self._set(response, SESSION_COOKIE, token, same_site="lax")
        response.delete_cookie(CSRF_COOKIE)
        response.delete_cookie(NEXT_COOKIE)
        return response

    def _page(self, form: SignInForm, *, status: int) -> Response:
        form = replace(form, demo=technical.DEMO_SIGN_INS if self._is_demo else ())
        if self.settings.has_oidc:
            form = replace(form, sso_name=self.settings.oidc_name)
        response = HTMLResponse(sign_in_page(form), status_code=status, headers=_NO_STORE)
        if self.settings.has_oidc:
            self._set(response, NEXT_COOKIE, form.next, same_site="lax")
        return self._with_csrf(response, form.csrf)

    def _with_csrf(self, response: Response, csrf: str) -> Response:
        self._set(response, CSRF_COOKIE, csrf, same_site="strict")
        return response

    def _set(self, response: Response, name: str, value: str, *, same_site: sso.SameSite) -> None:
        secure = self.settings.has_secure_cookies
        response.set_cookie(name, value, httponly=True, secure=secure, samesite=same_site)

    @property
    def _is_demo(self) -> bool:
        return self.settings.app_env is Environment.DEMO


def _csrf(request: Request) -> str:
    return request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(24)


def _is_ours(request: Request, sent: dict[str, str]) -> bool:
    """Double submit: the cookie, which no other site can set or read, and the form say the same."""
    expected = request.cookies.get(CSRF_COOKIE, "")
    return bool(expected) and secrets.compare_digest(expected.encode(), sent.get("csrf", "").encode())


def _missing(sent: dict[str, str]) -> dict[str, str]:
    asked = {"login": "Enter your sign-in name.", "password": "Enter your password."}
    return {name: sentence for name, sentence in asked.items() if not sent.get(name, "").strip()}


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; a body that is too large or no text counts as empty."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            return {}
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
    return {name: values[-1] for name, values in fields.items()}


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
