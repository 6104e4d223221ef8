"""Where a webhook may point: the rules for its address, before it is kept and again when it is called."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from data_access.errors import Rejected

LONGEST = 400
_OWN_NAMES = ("localhost", "localdomain", "local", "internal", "lan", "home.arpa")


def read_address(text: str, *, may_be_own: bool) -> SplitResult:
    """The parts of an address. Rejected unless it is a web address without credentials, outside of our own network.

    `may_be_own`: an address of this computer or of a private network will do as well, as it does in a demo.
    """
    if any(mark.isspace() or not mark.isprintable() for mark in text) or not 0 < len(text) <= LONGEST:
        raise Rejected(f"Write an address of at most {LONGEST} characters, without blanks.")
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Rejected("Write a web address, such as https://switch.example.org/events.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Rejected("Write the address without a name, a password or a #: messages are signed with the secret.")
    if not may_be_own and _is_own_name(parts.hostname):
        raise Rejected(f"{parts.hostname} lies in our own network: a webhook points to an address outside of it.")
    return parts


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # ValueError for one that is no number
    except ValueError as wrong:
        raise Rejected("Write a web address, such as https://switch.example.org/events.") from wrong
    return parts


def _is_own_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    try:
        return not is_outside(name)
    except ValueError:
        return "." not in name or name.endswith(tuple(f".{own}" for own in _OWN_NAMES))


def is_outside(ip: str) -> bool:
    """Whether an IP address is one of the open internet; ValueError if it is none at all."""
    found = ip_address(ip.split("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast
