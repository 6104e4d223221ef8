"""Where a webhook may point: the rules for its URL, checked when it is saved and again at each call."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Self
from urllib.parse import SplitResult, urlsplit

from data_access.base.errors import Rejected
from data_access.base.settings import Environment, Network, Settings, settings

LONGEST = 400
_OWN_NAMES = ("localhost", "localdomain", "local", "internal", "lan", "home.arpa")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME = 253
_FOR_EXAMPLE = "Write a web address, such as https://switch.example.org/events."
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far webhooks may reach: to the open internet over HTTPS, and to what the settings add to it."""

    networks: tuple[Network, ...] = ()
    plain_http: bool = False
    everywhere: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """By the settings; outside of production also to this computer and its network, over plain HTTP too."""
        if settings.app_env is not Environment.PRODUCTION:
            return cls(plain_http=True, everywhere=True)
        return cls(settings.webhook_networks, settings.webhook_http)

    def has(self, ip: str) -> bool:
        """Whether an IP address may be called; ValueError if it is none at all."""
        found = ip_address(ip.split("%")[0])
        return self.everywhere or is_outside(ip) or any(found in network for network in self.networks)

    def has_name(self, name: str) -> bool:
        """Whether a name may be asked for; which address it leads to is judged when it is called."""
        is_own = "." not in name or name.endswith(tuple(f".{own}" for own in _OWN_NAMES))
        return self.everywhere or bool(self.networks) or not is_own


def an_address(text: str) -> str:
    """An address that may be called by the settings; ValueError with the reason for any other."""
    try:
        read_address(text, Reach.of(settings()))
    except Rejected as wrong:
        raise ValueError(str(wrong)) from wrong
    return text


def read_address(text: str, reach: Reach) -> SplitResult:
    """The parts of an address that can be called; Rejected with the reason for any other."""
    if any(mark.isspace() or not mark.isprintable() for mark in text) or not 0 < len(text) <= LONGEST:
        raise Rejected(f"Write an address of at most {LONGEST} characters, without spaces.")
    parts = _split(text)
    is_of_the_future = "[" in parts.netloc and ":" not in (parts.hostname or "")  # [v1.x], which nobody can call
    if parts.scheme not in ("http", "https") or not parts.hostname or is_of_the_future:
        raise Rejected(_FOR_EXAMPLE)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Rejected("Write the address without a name, a password or a #: messages are signed with the secret.")
    if not f"{parts.path}{parts.query}".isascii():
        raise Rejected("Write letters with accents and signs after the host in their encoded form, such as %C3%A9.")
    if parts.scheme == "http" and not reach.plain_http:
        raise Rejected("Write an https address: over http anybody on the way could read the messages.")
    _refuse_host(parts.hostname, reach)
    return parts


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port  # ValueError for one that is no number
    except ValueError as wrong:
        raise Rejected(_FOR_EXAMPLE) from wrong
    if port == 0:
        raise Rejected("No server answers on port 0: write another port, or none.")
    return parts


def _refuse_host(host: str, reach: Reach) -> None:
    try:
        is_allowed = reach.has(host)
    except ValueError:
        name = _name_of(host)
        is_allowed = reach.has_name(name)
    else:
        if "%" in host:
            raise Rejected(_FOR_EXAMPLE)
    if not is_allowed:
        raise Rejected(
            f"{host} lies in our own network: a webhook points to an address outside of it, "
            "or into a network that the setting WEBHOOK_NETWORKS names."
        )


def _name_of(host: str) -> str:
    """The name as it is looked up; Rejected for one that cannot be."""
    try:
        name = host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError as wrong:
        raise Rejected(_FOR_EXAMPLE) from wrong
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)) or _NUMBER.fullmatch(labels[-1]):
        raise Rejected(_FOR_EXAMPLE)
    return name


def is_outside(ip: str) -> bool:
    """Whether an IP address is one of the open internet; ValueError if it is none at all."""
    found = ip_address(ip.split("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or _behind_nat64(found) or found
    is_old = isinstance(found, IPv6Address) and found.is_site_local
    return found.is_global and not (found.is_multicast or found.is_reserved or is_old)


def _behind_nat64(found: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(found) & 0xFFFF_FFFF) if found in _NAT64 else None
