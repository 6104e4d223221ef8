"""Signing in and out: the routes that exchange a password, or a single sign-on, for a session cookie."""

from dataclasses import dataclass, replace

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.kit.signin_cookies import NO_STORE, Cookies
from dashboard.server.guard import local_path
from dashboard.server.signin import sso
from dashboard.server.signin.own_password import OwnPassword
from dashboard.server.signin.signin_form import EXPIRED, address_of, agent_of, fields_of, missing
from dashboard.server.signin.signin_pace import Pace
from dashboard.server.signin.signin_page import SignInForm, refusal_page, sign_in_page, sign_out_page
from data_access.base.clock import Clock
from data_access.base.errors import Refusal
from data_access.base.settings import Settings
from data_access.domain.passwords import DEMO_SIGN_INS
from data_access.store import sign_ins

PASSWORDS_AT_ONCE = 2  # verifying a password takes 64 MiB and a core
_ASKED = {"login": "Enter your sign-in name.", "password": "Enter your password."}


@dataclass(frozen=True, slots=True)
class SignIn:
    """The routes, on one database and with the settings of this process."""

    engine: Engine
    settings: Settings
    clock: Clock
    limiter: CapacityLimiter
    pace: Pace

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.show, methods=["GET"]),
            Route("/login", self.submit, methods=["POST"]),
            *self._own_password.routes(),
            Route("/login/sso", self.to_provider, methods=["GET"]),
            Route("/logout", self.ask_to_leave, methods=["GET"]),
            Route("/logout", self.leave, methods=["POST"]),
            Route("/login/{other:path}", _not_found),
        ]

    async def show(self, request: Request) -> Response:
        wanted = local_path(request.query_params.get("next", "/"))
        token = request.cookies.get(self._cookies.session)
        if token is not None and await to_thread.run_sync(self._is_signed_in, token):
            return RedirectResponse(wanted, status_code=303, headers=NO_STORE)
        identity = sso.claims(request, self.settings)
        if identity is not None:
            return await self._trade(identity, request)
        return self._page(SignInForm(csrf=self._cookies.csrf_of(request), next=wanted), status=200)

    async def submit(self, request: Request) -> Response:
        sent = await fields_of(request)
        form = SignInForm(
            csrf=self._cookies.csrf_of(request), next=local_path(sent.get("next", "/")), login=sent.get("login", "")
        )
        if not self._cookies.is_ours(request, sent):
            return self._page(replace(form, complaints={"": EXPIRED}), status=403)
        complaints = missing(sent, _ASKED)
        if complaints:
            return self._page(replace(form, complaints=complaints), status=422)
        await self.pace.wait(sent["login"], address_of(request))
        try:
            token = await to_thread.run_sync(self._sign_in, request, sent, limiter=self.limiter)
        except sign_ins.OwnPasswordFirst as first:
            return self._own_password.page(form, status=403, intro=str(first))
        except Refusal as refusal:
            return self._page(replace(form, complaints={"": str(refusal)}), status=401)
        return self._cookies.signed_in(token, form.next)

    async def ask_to_leave(self, request: Request) -> Response:
        if self._cookies.session not in request.cookies:
            return RedirectResponse("/login", status_code=303, headers=NO_STORE)
        csrf = self._cookies.csrf_of(request)
        return self._cookies.with_csrf(HTMLResponse(sign_out_page(csrf), headers=NO_STORE), csrf)

    async def leave(self, request: Request) -> Response:
        if not self._cookies.is_ours(request, await fields_of(request)):
            return HTMLResponse(refusal_page(EXPIRED), status_code=403, headers=NO_STORE)
        token = request.cookies.get(self._cookies.session, "")
        await to_thread.run_sync(sign_ins.sign_out, self.engine, token, self.clock())
        return self._cookies.signed_out()

    def _is_signed_in(self, token: str) -> bool:
        return sign_ins.actor_for_token(self.engine, token, self.clock()) is not None

    def _sign_in(self, request: Request, sent: dict[str, str]) -> str:
        return sign_ins.sign_in(
            self.engine,
            sent["login"],
            sent["password"],
            ip=address_of(request),
            user_agent=agent_of(request),
            now=self.clock(),
            demo=self.settings.is_demo,
        )

    async def to_provider(self, _: Request) -> Response:
        if not self.settings.has_oidc:
            return RedirectResponse("/login", status_code=303, headers=NO_STORE)
        return RedirectResponse(sso.link(), status_code=303, headers=NO_STORE)

    async def _trade(self, identity: sso.Claims, request: Request) -> Response:
        """The identity is used up at once: from here on our own session counts, and our own table of people."""
        try:
            token = await to_thread.run_sync(self._open_for, identity, request)
            response: Response = self._cookies.signed_in(
                token, local_path(request.cookies.get(self._cookies.next, "/"))
            )
        except Refusal as refusal:
            response = HTMLResponse(refusal_page(str(refusal)), status_code=403, headers=NO_STORE)
        sso.forget(request, response)
        return response

    def _open_for(self, identity: sso.Claims, request: Request) -> str:
        known, now = sso.known_of(self.engine, identity, self.clock), self.clock()
        return sign_ins.open_session(
            self.engine,
            known.actor.person_id or 0,
            now,
            version=known.version,
            ip=address_of(request),
            user_agent=agent_of(request),
        )

    def _page(self, form: SignInForm, *, status: int) -> Response:
        form = replace(form, demo=DEMO_SIGN_INS if self.settings.is_demo else ())
        if self.settings.has_oidc:
            form = replace(form, sso_name=self.settings.oidc_name)
        response: Response = HTMLResponse(sign_in_page(form), status_code=status, headers=NO_STORE)
        if self.settings.has_oidc:
            response = self._cookies.with_next(response, form.next)
        return self._cookies.with_csrf(response, form.csrf)

    @property
    def _own_password(self) -> OwnPassword:
        return OwnPassword(self.engine, self.settings, self.clock, self.limiter, self.pace)

    @property
    def _cookies(self) -> Cookies:
        return Cookies(self.settings.has_secure_cookies)


async def _not_found(_: Request) -> Response:
    return PlainTextResponse("There is no such page. The sign-in is at /login.", status_code=404, headers=NO_STORE)
