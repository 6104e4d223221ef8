"""One deadline for a whole call out: the time-out of a socket begins again with each byte that comes."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol, TypeVar

T = TypeVar("T")


class Connection(Protocol):
    """What holds a socket once it is connected, as the clients of the standard library do."""

    sock: socket.socket | None


class CallLine:
    """The line of one call. Whoever was hung up on hears nothing more and can say nothing more."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._is_over = False

    def hold(self, connection: Connection) -> None:
        """This connection is cut when the time is over; TimeoutError if it is over already."""
        self._connection = connection
        if self._is_over:
            raise TimeoutError

    def hang_up(self) -> None:
        self._is_over = True
        if self._connection is not None and self._connection.sock is not None:
            with suppress(OSError):  # it has just ended by itself
                self._connection.sock.shutdown(socket.SHUT_RDWR)


def within(seconds: float, call: Callable[[CallLine], T]) -> T:
    """What the call gives or raises; TimeoutError when all of it takes longer, looking up the name included."""
    line, thread = CallLine(), ThreadPoolExecutor(1, "call out")
    try:
        return thread.submit(call, line).result(seconds)
    finally:
        line.hang_up()
        thread.shutdown(wait=False)
