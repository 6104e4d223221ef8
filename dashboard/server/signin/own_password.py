"""Choosing your own password: the page, and the change, which then signs you in."""

from dataclasses import dataclass, replace

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard.kit.signin_cookies import NO_STORE, Cookies
from dashboard.server.guard import local_path
from dashboard.server.signin.signin_form import EXPIRED, address_of, agent_of, fields_of, missing
from dashboard.server.signin.signin_pace import Pace
from dashboard.server.signin.signin_page import SignInForm, own_password_page
from data_access.base.clock import Clock
from data_access.base.errors import Refusal
from data_access.base.settings import Settings
from data_access.commands.people.people import ChangeOwnPassword
from data_access.domain.passwords import SHORTEST, hash_password, unfit
from data_access.store import sign_ins
from data_access.store.access import Access, new_command_id

_ASKED = {
    "login": "Enter your sign-in name.",
    "password": "Enter the password you have now.",
    "chosen": "Choose a new password.",
    "again": "Enter the new password once more.",
}
_INTRO = f"At least {SHORTEST} characters. You are signed out everywhere else."


@dataclass(frozen=True, slots=True)
class OwnPassword:
    """The routes, on one database and with the settings of this process."""

    engine: Engine
    settings: Settings
    clock: Clock
    limiter: CapacityLimiter
    pace: Pace

    def routes(self) -> list[Route]:
        return [
            Route("/login/password", self.show, methods=["GET"]),
            Route("/login/password", self.submit, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return self.page(SignInForm(csrf=self._cookies.csrf_of(request)), status=200)

    async def submit(self, request: Request) -> Response:
        sent = await fields_of(request)
        form = SignInForm(
            csrf=self._cookies.csrf_of(request), next=local_path(sent.get("next", "/")), login=sent.get("login", "")
        )
        if not self._cookies.is_ours(request, sent):
            return self.page(replace(form, complaints={"": EXPIRED}), status=403)
        complaints = missing(sent, _ASKED) or _unfit(sent)
        if complaints:
            return self.page(replace(form, complaints=complaints), status=422)
        await self.pace.wait(sent["login"], address_of(request))
        try:
            token = await to_thread.run_sync(self._change, request, sent, limiter=self.limiter)
        except Refusal as refusal:
            return self.page(replace(form, complaints={"": str(refusal)}), status=401)
        return self._cookies.signed_in(token, form.next)

    def page(self, form: SignInForm, *, status: int, intro: str = "") -> Response:
        """The form; `intro` says why it comes unasked."""
        said = f"{intro} {_INTRO}".lstrip()
        response = HTMLResponse(own_password_page(form, said), status_code=status, headers=NO_STORE)
        return self._cookies.with_csrf(response, form.csrf)

    def _change(self, request: Request, sent: dict[str, str]) -> str:
        ip, now = address_of(request), self.clock()
        known = sign_ins.identify(
            self.engine, sent["login"], sent["password"], ip=ip, now=now, demo=self.settings.is_demo
        )
        order = ChangeOwnPassword(
            version=known.version, password_hash=hash_password(sent["chosen"]), command_id=new_command_id()
        )
        saved = Access(self.engine, known.actor, self.clock).execute(order)
        return sign_ins.open_session(
            self.engine, saved.person_id, now, version=saved.version, ip=ip, user_agent=agent_of(request)
        )

    @property
    def _cookies(self) -> Cookies:
        return Cookies(self.settings.has_secure_cookies)


def _unfit(sent: dict[str, str]) -> dict[str, str]:
    wrong = unfit(sent["chosen"], now=sent["password"])
    if wrong is not None:
        return {"chosen": wrong}
    return {} if sent["again"] == sent["chosen"] else {"again": "This differs from the new password above."}
