"""The server: our routes, the guard and the headers around Streamlit, put together for st.App."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypedDict

import streamlit as st
from anyio import CapacityLimiter, sleep
from sqlalchemy import Engine
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.runtime.secrets import SecretsValue

from dashboard.kit import context
from dashboard.kit.addresses.navigation import HOME
from dashboard.kit.feedback import on_script_error
from dashboard.kit.saving import Files
from dashboard.kit.signin_cookies import Cookies
from dashboard.server import health, made_files, metrics, parent_watch
from dashboard.server.early_look import EarlyLook
from dashboard.server.guard import Guard
from dashboard.server.hosts import Hosts, Origin
from dashboard.server.proxies import Proxies
from dashboard.server.security_headers import SecurityHeaders, security_headers
from dashboard.server.signin import sso
from dashboard.server.signin.signin import PASSWORDS_AT_ONCE, SignIn
from dashboard.server.signin.signin_pace import Pace, Sleep
from data_access.base.clock import Clock, system_clock
from data_access.base.permissions import Actor
from data_access.base.running import logs
from data_access.base.settings import Settings, settings
from data_access.store import sign_ins
from data_access.store.demo_clock import DemoTime


class Parts(TypedDict):
    """What st.App is made of, besides its script."""

    routes: list[Route]
    middleware: list[Middleware]
    lifespan: Callable[[st.App], AbstractAsyncContextManager[None]]
    on_script_error: Callable[[Exception], bool]
    secrets: dict[str, SecretsValue]


def build() -> Parts:
    """The parts for this process, by its settings."""
    logs.configure(settings())
    made_files.tell_refusals()
    return parts(context.engine(), settings(), system_clock)


def parts(engine: Engine, of: Settings, clock: Clock, sleep: Sleep = sleep) -> Parts:
    """The parts for one database, settings, clock and way to wait."""

    def actor_for(token: str) -> Actor | None:
        return sign_ins.actor_for_token(engine, token, clock())

    business_time = DemoTime(engine, clock)
    sign_in = SignIn(engine, of, clock, CapacityLimiter(PASSWORDS_AT_ONCE), Pace(engine, clock, sleep))
    return Parts(
        routes=[
            *sign_in.routes(),
            *health.routes(engine, business_time),
            *metrics.routes(engine, business_time, of.metrics_token),
            Route(f"/{HOME}", _first_page),
        ],
        middleware=[
            Middleware(EarlyLook),
            Middleware(Proxies, trusted=of.trusted_proxies),
            Middleware(SecurityHeaders, headers=security_headers(over_https=of.has_secure_cookies)),
            Middleware(health.Away),
            Middleware(Hosts, public=Origin.at(of.public_url)),
            Middleware(Guard, actor_for=actor_for, cookie=Cookies(of.has_secure_cookies).session),
            Middleware(Files, cookie=Cookies(of.has_secure_cookies).session),
        ],
        lifespan=_lifespan,
        on_script_error=on_script_error,
        secrets=sso.secrets_of(of),
    )


async def _first_page(_: Request) -> Response:
    """The platform answers for the first page at / alone; its own address leads there."""
    return RedirectResponse("/", status_code=307)


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()  # the libraries are never garbage: no later collection needs to walk them
    async with parent_watch.tied():
        yield
