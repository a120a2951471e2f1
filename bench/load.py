"""Send the same kind of request over a few keep-alive connections as fast as the other side answers.

One process and one selector: a request costs it about a tenth of what it costs the server, so on two cores it takes
a little of the server's time but does not set the pace. Each connection has one request under way.
"""

import math
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

END_OF_HEAD = b"\r\n\r\n"
SILENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a run showed. Latencies in seconds, sorted; `refused` counts answers that are not the expected one."""

    seconds: float
    latencies: Sequence[float]
    refused: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    read: bytes = b""


def press(port: int, requests: Sequence[bytes], *, connections: int, seconds: float, expect: bytes) -> Load:
    """Send `requests` in turn for so long; each answer has to begin with `expect` and to have no body."""
    return _drive(port, cycle(requests), connections, seconds, expect)


def send_all(port: int, requests: Sequence[bytes], *, connections: int, expect: bytes) -> Load:
    """Send each of `requests` once."""
    return _drive(port, iter(requests), connections, math.inf, expect)


def _drive(port: int, requests: Iterator[bytes], connections: int, seconds: float, expect: bytes) -> Load:
    latencies: list[float] = []
    refused = 0
    with selectors.DefaultSelector() as selector:
        busy = [_open(port, selector) for _ in range(connections)]
        began = now = time.perf_counter()
        for connection, request in zip(busy, requests, strict=False):
            _send(connection, request)
        while busy and now - began < seconds:
            ready = selector.select(SILENCE_SECONDS)
            if not ready:
                raise TimeoutError(f"No answer within {SILENCE_SECONDS} seconds.")
            for key, _ in ready:
                connection = key.data
                if not _answered(connection):
                    continue
                now = time.perf_counter()
                latencies.append(now - connection.sent_at)
                refused += not connection.read.startswith(expect)
                if following := next(requests, None):
                    _send(connection, following)
                else:
                    busy.remove(connection)
                    _close(connection, selector)
        for connection in busy:
            _close(connection, selector)
    return Load(now - began, sorted(latencies), refused)


def _close(connection: _Connection, selector: selectors.BaseSelector) -> None:
    selector.unregister(connection.socket)
    connection.socket.close()


def _open(port: int, selector: selectors.BaseSelector) -> _Connection:
    made = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = _Connection(made)
    selector.register(made, selectors.EVENT_READ, connection)
    return connection


def _send(connection: _Connection, request: bytes) -> None:
    connection.read = b""
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(request)


def _answered(connection: _Connection) -> bool:
    """Whether the whole answer is there now."""
    piece = connection.socket.recv(4096)
    if not piece:
        raise ConnectionError("The server closed a connection.")
    connection.read += piece
    return connection.read.endswith(END_OF_HEAD)
