"""Transports of messages: a mail server, a folder instead of one, and signed calls of webhooks."""

import hmac
import http.client
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from data_access.base.audit_hash_chain import canonical
from data_access.base.engine import keep_private
from data_access.base.errors import Rejected
from data_access.base.settings import Settings
from data_access.domain.destinations import Reach, read_address
from data_access.jobs.deadline import CallLine, within
from data_access.jobs.trouble import said_of, technical, words_of
from data_access.store.outbox_delivery import ClaimedMessage

SECONDS = 5.0  # for a whole call; a receiver that needs longer gets it again later
MAIL_SECONDS = 8.0  # for a whole mail, with TLS and signing in
_READ_AT_MOST = 1000
_PORTS = {"http": 80, "https": 443}
_UNWRITABLE = "The message cannot be written: its sender, its receiver or its subject is not one that a mail can have."


class NotDelivered(Exception):
    """It has not arrived, or nobody knows. `is_final`: another try cannot help. `is_down`: nor can another message.

    `technical`: what a program said, for the log; the reason is a sentence for people.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_down: bool = False, technical: str = "") -> None:
        self.is_final, self.is_down, self.technical = is_final, is_down, technical
        super().__init__(reason)


class Transport(Protocol):
    """A way out. Gives a remark about what went through only in part; NotDelivered when it did not."""

    def send(self, claimed: ClaimedMessage, now: datetime) -> str: ...


def written_mail(claimed: ClaimedMessage, mail_from: str) -> tuple[EmailMessage, list[str]]:
    """The e-mail and all who get it; its Message-ID follows from the key, so that a second copy can be told."""
    sender = claimed.sender.strip() or mail_from
    if not sender:
        raise NotDelivered("Nobody is named as the sender: set MAIL_FROM, or the sender of notices of the class.")
    mail = EmailMessage()
    try:
        mail["From"], mail["To"], mail["Subject"] = sender, claimed.recipient, claimed.subject
        domain = Address(addr_spec=getaddresses([sender])[0][1]).domain
    except (ValueError, IndexError) as wrong:
        raise NotDelivered(_UNWRITABLE, is_final=True, technical=technical(wrong)) from wrong
    mail["Date"] = format_datetime(claimed.at)
    mail["Message-ID"] = f"<{sha256(claimed.key.encode()).hexdigest()[:40]}@{domain or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(claimed.body)
    receivers = [address for _, address in getaddresses([claimed.recipient, str(claimed.payload.get("bcc", ""))])]
    return mail, [address for address in receivers if address]


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    mail_from: str
    seconds: float = MAIL_SECONDS

    def send(self, claimed: ClaimedMessage, now: datetime) -> str:  # noqa: ARG002  a mail carries the moment of its writing
        mail, receivers = written_mail(claimed, self.mail_from)
        try:
            refused = within(self.seconds, partial(self._hand_over, mail, receivers))
        except smtplib.SMTPRecipientsRefused as none_left:
            raise NotDelivered(_refusal(none_left.recipients), is_final=_is_final(none_left.recipients)) from none_left
        except (smtplib.SMTPException, OSError, ValueError) as trouble:
            is_down = not isinstance(trouble, smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
            reason = said_of(f"The mail server at {self.host}:{self.port}", trouble)
            raise NotDelivered(reason, is_down=is_down, technical=technical(trouble)) from trouble
        return _refusal(refused) if refused else ""

    def _hand_over(self, mail: EmailMessage, receivers: list[str], line: CallLine) -> dict[str, tuple[int, bytes]]:
        with _MailCall(line, self.host, self.port, self.seconds) as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            return server.send_message(mail, to_addrs=receivers)


class _MailCall(smtplib.SMTP):
    """A connection to the mail server on a line that can be cut, from its greeting on."""

    def __init__(self, line: CallLine, host: str, port: int, seconds: float) -> None:
        self._line = line
        super().__init__(host, port, timeout=seconds)

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self._line.hold(self)
        return super().connect(*args, **kwargs)


def _is_final(refused: dict[str, tuple[int, bytes]]) -> bool:
    return all(code >= 500 for code, _ in refused.values())


def _refusal(refused: dict[str, tuple[int, bytes]]) -> str:
    refusals = (f"{address} ({words_of(code, words).rstrip('.')})" for address, (code, words) in refused.items())
    return f"The mail server did not take it for {', '.join(refusals)}."


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of mails for a demo without a mail server."""

    path: Path
    mail_from: str

    def send(self, claimed: ClaimedMessage, now: datetime) -> str:
        mail, receivers = written_mail(claimed, self.mail_from or "desk@localhost")
        mail["X-Receivers"] = ", ".join(receivers)
        day = self.path / f"{now:%Y-%m-%d}"
        try:
            day.mkdir(parents=True, exist_ok=True)
            file = day / f"{claimed.id}.eml"
            keep_private(file)
            file.write_bytes(bytes(mail))
        except (OSError, ValueError) as trouble:
            message = f"The folder for mail, {self.path}, cannot be written to."
            raise NotDelivered(message, is_down=True, technical=technical(trouble)) from trouble
        return ""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Calls of webhooks. The address is looked up once and called as found, so that no name can lead inside."""

    reach: Reach
    seconds: float = SECONDS

    def send(self, claimed: ClaimedMessage, now: datetime) -> str:
        body = canonical(claimed.payload).encode()
        headers = {
            "Content-Type": "application/json", "User-Agent": "customer-desk", "X-Event": claimed.event,
            "Idempotency-Key": claimed.key, "X-Signature": signature(claimed.secret, body, now),
        }  # fmt: skip
        try:
            url = read_address(claimed.url, self.reach)
            status = within(self.seconds, partial(self._call, url, body, headers))
        except (OSError, http.client.HTTPException, ValueError, Rejected) as trouble:
            reason = said_of(f"The server at {_place(claimed.url)}", trouble)
            raise NotDelivered(reason, is_down=True, technical=technical(trouble)) from trouble
        if not 200 <= status < 300:
            raise NotDelivered(f"The webhook answered {status}.", is_down=status >= 500)
        return ""

    def _call(self, url: SplitResult, body: bytes, headers: dict[str, str], line: CallLine) -> int:
        kind = _SafeCall if url.scheme == "https" else _Call
        connection = kind(url.hostname or "", url.port, timeout=self.seconds)
        connection.reach, connection.line = self.reach, line
        try:
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read(_READ_AT_MOST)
            return answer.status
        finally:
            connection.close()


def _place(url: str) -> str:
    """Host and port of an address, as a person finds them in the logs of a network."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or _PORTS.get(parts.scheme, 0)}"


class _Call(http.client.HTTPConnection):
    """A connection to the very address that was judged: a second look-up could lead elsewhere."""

    reach = Reach()
    line = CallLine()

    def connect(self) -> None:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)]
        allowed = [ip for ip in found if self.reach.has(ip)]
        if not allowed:
            raise Rejected(f"{self.host} lies in our own network.")
        self.sock = socket.create_connection((allowed[0], self.port), self.timeout)
        self.line.hold(self)


class _SafeCall(http.client.HTTPSConnection, _Call):
    """The same over TLS: it connects as `_Call` does, then checks the certificate for the name."""


def signature(secret: str, body: bytes, now: datetime) -> str:
    """What proves to the receiver that we sent this body, at about this moment."""
    at = int(now.timestamp())
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, sha256).hexdigest()}"


def mail_of(settings: Settings) -> Transport | None:
    """The way out for mail; None: none is configured, mail waits."""
    if settings.smtp_host:
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
        return Smtp(
            settings.smtp_host, settings.smtp_port, settings.smtp_user, password, settings.smtp_starttls,
            settings.mail_from,
        )  # fmt: skip
    return Folder(Path(settings.outbox_dir), settings.mail_from) if settings.is_demo else None


def hooks_of(settings: Settings) -> Transport:
    """The way out for webhooks; as far as the settings let them."""
    return Hooks(Reach.of(settings))
