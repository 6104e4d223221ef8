"""Our fixed rules and scripts are in the platform's page itself, and nothing else is touched."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.kit.look.theme import FIXED
from dashboard.server.early_look import SCRIPTS, EarlyLook
from tests.support.visitor import Visitor

PAGE = '<html><head><title>x</title></head><body><div id="root"></div></body></html>'
OTHER = "<html><head></head><body>Sign in</body></html>"


async def _page(request: Request) -> Response:
    conditional = "if-none-match" in request.headers or "gzip" in request.headers.get("accept-encoding", "")
    return HTMLResponse("changed?" if conditional else PAGE, headers={"etag": "1", "last-modified": "long ago"})


async def _in_parts(_: Request) -> Response:
    return StreamingResponse(iter([PAGE[:20], PAGE[20:]]), media_type="text/html")


async def _other(_: Request) -> Response:
    return HTMLResponse(OTHER)


async def _file(_: Request) -> Response:
    return PlainTextResponse(PAGE, headers={"etag": "1"})


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    routes = [Route("/", _page), Route("/parts", _in_parts), Route("/login", _other), Route("/file", _file)]
    with asyncio.Runner() as runner:
        yield Visitor(EarlyLook(Starlette(routes=routes)), runner)


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_the_page_has_our_rules_in_its_head_and_our_scripts_at_its_end(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path, **{"if-none-match": "1"})
    head, _, rest = answer.text.partition("</head>")
    assert f"<style>html {{ {FIXED} }}</style>" in head
    assert rest == PAGE.partition("</head>")[2].replace("</body>", SCRIPTS + "</body>")
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers


def test_other_pages_and_files_stay_as_they_are(visitor: Visitor) -> None:
    assert visitor.get("/login").text == OTHER
    file = visitor.get("/file", accept="*/*")
    assert (file.text, file.headers["etag"]) == (PAGE, "1")


def test_rules_with_a_nested_start_are_valid_for_every_line() -> None:
    assert FIXED.count("{") == FIXED.count("}")
    assert "@import" not in FIXED
    assert "</style" not in FIXED
