"""Receivers: a real mail server and a real webhook on the loopback, which answer as a test says."""

import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from data_access.base.clock import system_clock
from tests.support.programs import free_port

_READS = 65_536
SILENT = 0  # an answer that never comes


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a webhook, as it arrived."""

    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Hook:
    """A webhook. It answers with these statuses, one after the other, and then with 200."""

    url: str
    answers: list[int]
    calls: list[Call] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, call: Call) -> int:
        self.calls.append(call)
        return self.answers.pop(0) if self.answers else 200


@contextmanager
def a_hook(*answers: int) -> Iterator[Hook]:
    """A webhook that listens for the length of the block."""
    port = free_port()
    hook = Hook(f"http://127.0.0.1:{port}/events?from=desk", list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.answer(Call(dict(self.headers), body))
            if status == SILENT:
                hook.released.wait(20)
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """A test reads the calls, not a log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(slots=True)
class PostBox:
    """A mail server. It refuses the addresses in `unknown`, and holds what it took."""

    port: int
    unknown: set[str] = field(default_factory=set)
    mails: list[Mail] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.unknown:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content))
        self.receivers.append(list(envelope.rcpt_tos))
        return "250 OK"


@contextmanager
def a_post_box(*unknown: str) -> Iterator[PostBox]:
    """A mail server that listens for the length of the block."""
    box = PostBox(free_port(), set(unknown))
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def a_server(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on the port, which says the same to whoever comes, and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):  # closed by the test, or by who came
            while True:
                taken, _ = listening.accept()
                with suppress(OSError), tls.wrap_socket(taken, server_side=True) if tls else taken as caller:
                    caller.sendall(answer)
                    caller.shutdown(socket.SHUT_WR)
                    caller.recv(_READS)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@contextmanager
def a_dripping_server(greeting: bytes = b"") -> Iterator[tuple[int, threading.Event]]:
    """A server that says a byte now and then, without end: its port, and whether whoever came has hung up."""
    listening, hung_up = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip(caller: socket.socket) -> None:
        with caller, suppress(OSError):
            caller.sendall(greeting)
            while not hung_up.wait(0.05):
                caller.sendall(b"2")
        hung_up.set()

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], hung_up
    finally:
        hung_up.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


@contextmanager
def a_server_with_a_certificate_of_its_own() -> Iterator[int]:
    """A server over TLS whose certificate nobody but itself has signed."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        tls.load_cert_chain(_certificate(Path(folder) / "server.pem"))
    with a_server(b"", tls) as port:
        yield port


def _certificate(path: Path) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), system_clock()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path
