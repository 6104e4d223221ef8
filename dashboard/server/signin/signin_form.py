"""A submitted sign-in form: its fields, and where it comes from."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

EXPIRED = "This form was open too long or came from another page. Try again."
_LARGEST = 16 * 1024


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a small form; a body that is too large or no text counts as empty."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return {}
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
    return {name: values[-1] for name, values in fields.items()}


def missing(sent: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """The sentence of every asked field that was left blank."""
    return {name: sentence for name, sentence in asked.items() if not sent.get(name, "").strip()}


def address_of(request: Request) -> str:
    """The address that sent it; empty where there is none."""
    return request.client.host if request.client else ""


def agent_of(request: Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")
