"""Trouble on the way out, in whole sentences: what a server did instead of taking a message."""

import http.client
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping

from data_access.base.errors import Rejected

_SILENT = "{where} did not answer in time."
_CLOSED = "{where} closed the connection without an answer."
_REFUSED = "{where} refused the connection."
_OUT_OF_REACH = "{where} cannot be reached from here."
_NO_TLS = "{where} does not speak TLS as it should."
_NO_ANSWER = "{where} did not answer as a web server does."


def said_of(where: str, trouble: Exception) -> str:
    """What happened at this server; the kinds of trouble stand below, the particular before the general."""
    return next(word for kind, word in _SENTENCES.items() if isinstance(trouble, kind))(where, trouble)


def technical(trouble: Exception) -> str:
    """The same as a program has it, for the log."""
    return f"{type(trouble).__name__}: {trouble}"


def _plainly(sentence: str) -> Callable[[str, Exception], str]:
    return lambda where, _: sentence.format(where=where)


def _own(_where: str, trouble: Exception) -> str:
    return str(trouble)


def _untrusted(where: str, trouble: Exception) -> str:
    why = trouble.verify_message if isinstance(trouble, ssl.SSLCertVerificationError) else ""
    return f"The certificate of {_inside(where)} cannot be trusted: {why.rstrip('.')}."


def _unsupported(where: str, trouble: Exception) -> str:
    return f"{where} cannot do what the settings ask of it: {str(trouble).rstrip('.')}."


def _disconnected(where: str, trouble: Exception) -> str:
    return (_SILENT if isinstance(trouble.__context__, TimeoutError) else _CLOSED).format(where=where)


def _answered(where: str, trouble: Exception) -> str:
    answer = trouble if isinstance(trouble, smtplib.SMTPResponseException) else None
    words = words_of(answer.smtp_code, answer.smtp_error) if answer else str(trouble)
    return f"{where} did not take it: {words.rstrip('.')}."


def _inside(where: str) -> str:
    return f"{where[:1].lower()}{where[1:]}"


def words_of(code: int, words: bytes | str) -> str:
    """An answer of a mail server on one line."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


_SENTENCES: Mapping[type[Exception], Callable[[str, Exception], str]] = {
    Rejected: _own,
    socket.gaierror: _plainly("{where} was not found: no address is known for its name."),
    ssl.SSLCertVerificationError: _untrusted,
    ssl.SSLError: _plainly(_NO_TLS),
    TimeoutError: _plainly(_SILENT),
    ConnectionRefusedError: _plainly(_REFUSED),
    ConnectionError: _plainly(_CLOSED),
    smtplib.SMTPServerDisconnected: _disconnected,
    smtplib.SMTPAuthenticationError: _plainly("{where} did not accept the name and the password of the settings."),
    smtplib.SMTPNotSupportedError: _unsupported,
    smtplib.SMTPException: _answered,
    http.client.HTTPException: _plainly(_NO_ANSWER),
    OSError: _plainly(_OUT_OF_REACH),
    ValueError: _plainly("{where} cannot be given this message: an address in it is not one that can be written."),
}
