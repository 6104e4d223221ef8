"""Files to save are bound to the session they were made for, and kept nowhere."""

from io import BytesIO
from tempfile import TemporaryFile

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.kit.saving import OWNERS, Files, Owners
from data_access.store import sign_ins
from tests.support.sign_ins import NOON, a_person
from tests.support.visitor import Visitor

CONTENT = b"Customer ID,Name\nC1,Nadia Kowalska\n"
PATH = "/media/1234.csv"


@pytest.fixture
def signed_in(desk, a_visitor):
    """Two people in their browsers, and the tokens of their sessions."""

    def enter(login: str) -> Visitor:
        visitor = a_visitor()
        visitor.cookies.set("desk_session", sign_ins.open_session(desk, a_person(desk, login), NOON))
        return visitor

    return enter("ann"), enter("ben")


def test_a_file_is_fetched_by_the_session_it_was_made_for_alone(signed_in):
    ann, ben = signed_in
    OWNERS.add(b"inside", ann.cookies["desk_session"])
    found, missed = ann.get(PATH), ben.get(PATH)
    assert (found.status_code, found.text, found.headers["cache-control"]) == (200, "inside", "no-store")
    assert (missed.status_code, "inside" in missed.text, missed.headers["cache-control"]) == (404, False, "no-store")


def test_a_stranger_and_who_signed_out_get_nothing(desk, signed_in, visitor):
    ann, _ = signed_in
    OWNERS.add(b"inside", ann.cookies["desk_session"])
    assert visitor.get(PATH, accept="*/*").status_code == 401
    sign_ins.sign_out(desk, ann.cookies["desk_session"], NOON)
    answer = ann.get(PATH, accept="*/*")
    assert (answer.status_code, answer.headers["cache-control"]) == (401, "no-store")


def test_what_was_made_for_two_is_fetched_by_both_and_the_oldest_is_forgotten():
    owners = Owners(most=2)
    for token in ("a", "b"):
        owners.add(CONTENT, token)
    assert (owners.has(CONTENT, "a"), owners.has(CONTENT, "b"), owners.has(CONTENT, "")) == (True, True, False)
    owners.add(b"2", "a")
    owners.add(b"3", "a")
    assert (owners.has(CONTENT, "a"), owners.has(b"3", "a")) == (False, True)


def test_a_large_file_leaves_from_the_disk_in_place_of_its_ticket(a_visitor):
    owners, large = Owners(most_large=1), CONTENT * 50_000
    forgotten = BytesIO(CONTENT)
    owners.keep(forgotten, "a")
    file = TemporaryFile()  # noqa: SIM115 - the owners close it
    file.write(large)
    file.flush()
    ticket = owners.keep(file, "a")
    assert forgotten.closed

    async def as_made(_: Request) -> Response:
        return PlainTextResponse(ticket, headers={"Content-Disposition": "attachment", "ETag": "1"})

    middleware = [Middleware(Files, cookie="desk_session", owners=owners)]
    visitor = Visitor(Starlette(routes=[Route(PATH, as_made)], middleware=middleware), a_visitor().runner)
    visitor.cookies.set("desk_session", "b")
    assert visitor.get(PATH).status_code == 404
    visitor.cookies.set("desk_session", "a")
    answer = visitor.get(PATH)
    assert (answer.content == large, answer.headers["content-length"]) == (True, f"{len(large)}")
    assert (answer.headers["content-disposition"], "etag" in answer.headers) == ("attachment", False)
    assert visitor.get(PATH).content == large
    owners.keep(BytesIO(), "a")
    assert file.closed


async def _part(request: Request) -> Response:
    """As Streamlit does: a part where one is asked for, and its own word about caches."""
    content = CONTENT[5:9] if "range" in request.headers else CONTENT
    headers = {"Cache-Control": "public", "Content-Disposition": "attachment"}
    return PlainTextResponse(content, status_code=206 if "range" in request.headers else 200, headers=headers)


@pytest.mark.parametrize(("token", "status"), [("a", 200), ("b", 404)])
def test_a_part_of_a_file_is_no_way_round(a_visitor, token, status):
    owners = Owners()
    owners.add(CONTENT, "a")
    middleware = [Middleware(Files, cookie="desk_session", owners=owners)]
    visitor = Visitor(Starlette(routes=[Route(PATH, _part)], middleware=middleware), a_visitor().runner)
    visitor.cookies.set("desk_session", token)
    visitor.headers = {"Range": "bytes=5-8"}
    answer = visitor.get(PATH)
    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
    assert (answer.content == CONTENT) is (status == 200)


def test_a_browser_that_takes_packed_answers_gets_its_file(a_visitor):
    owners, long = Owners(), CONTENT * 100
    owners.add(long, "a")

    async def whole(_: Request) -> Response:
        return PlainTextResponse(long)

    middleware = [Middleware(Files, cookie="desk_session", owners=owners), Middleware(GZipMiddleware)]
    visitor = Visitor(Starlette(routes=[Route(PATH, whole)], middleware=middleware), a_visitor().runner)
    visitor.cookies.set("desk_session", "a")
    visitor.headers = {"Accept-Encoding": "gzip"}
    assert visitor.get(PATH).content == long
