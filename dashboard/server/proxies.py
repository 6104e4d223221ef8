"""Proxies: whose headers about the browser are trusted, by the setting TRUSTED_PROXIES; nobody else's are."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from data_access.base.settings import Network

_FORWARDED = (b"forwarded", b"x-real-ip")
_FORWARDED_BEGINS = b"x-forwarded-"
_SCHEMES = {"http": {"http": "http", "https": "https"}, "websocket": {"http": "ws", "https": "wss"}}
Address = IPv4Address | IPv6Address


class Proxies:
    """ASGI middleware, outermost: behind it, client and scheme are those of the browser."""

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope if scope["type"] == "lifespan" else self._seen(scope), receive, send)

    def _seen(self, scope: Scope) -> Scope:
        """The request as the browser sent it; forwarding headers are used up here, whoever sent them."""
        kept = [(name, value) for name, value in scope["headers"] if not _is_forwarding(name)]
        seen: Scope = {**scope, "headers": kept}
        peer = _address(scope["client"][0]) if scope.get("client") else None
        if peer is None or not self._is_trusted(peer):
            return seen
        browser = self._first_untrusted(_told(scope, b"x-forwarded-for"), peer)
        scheme = _SCHEMES[scope["type"]].get(" ".join(_told(scope, b"x-forwarded-proto")[-1:]).lower())
        return {**seen, "client": (str(browser), 0), "scheme": scheme or scope["scheme"]}

    def _first_untrusted(self, forwarded: list[str], peer: Address) -> Address:
        """Read from our end: each trusted proxy vouches for the one before it, and for no more."""
        seen = peer
        for text in reversed(forwarded):
            found = _address(text)
            if found is None:
                return seen
            seen = found
            if not self._is_trusted(found):
                break
        return seen

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _is_forwarding(name: bytes) -> bool:
    return name in _FORWARDED or name.startswith(_FORWARDED_BEGINS)


def _told(scope: Scope, header: bytes) -> list[str]:
    values = (value.decode("latin-1") for name, value in scope["headers"] if name == header)
    return [part.strip() for value in values for part in value.split(",")]


def _address(text: str) -> Address | None:
    """An address as proxies write it, perhaps with brackets and a port; None for anything else."""
    bare = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
