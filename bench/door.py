"""The door: how many webhooks a second it keeps durably, beside the same work in plain Node.

Requests are signed beforehand (RSA 3072, as Saleor's keys) and sent over 16 keep-alive connections by one process of
ours. That process, the server and PostgreSQL share the machine; on two cores the sending takes about a twentieth of
them. Against a server that does nothing the same sender gets over 40,000 answers a second: it sets no limit here.

What the ratio stands for: the goal is twice the official Node kit in Next.js, which is not installed for a benchmark.
Side by side in one run (kit 1.15, Next.js 15.5, its file store, nothing kept) the door took 2.6 to 3.0 times as many
requests a second, with 0.4 of the kit's p99. An earlier run on a quiet machine had the kit at 1,680 and its own steps
on bare Node with a durable write at 3,740: twice the kit is 0.90 of such a peer, which runs wherever Node is. The two
keep their events differently: we commit marks to PostgreSQL and ask for a job, the peer appends to a file.
"""

import contextlib
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import func, insert, select

from app.models import Mark, Shop
from bench import stage
from bench.figure import Figure, at_least
from bench.load import Load, press
from bench.sender import API_URL, Sender

PATH = "/api/webhooks/saleor"
PEER = Path(__file__).parent / "peer" / "server.js"
APP_ID = "QXBwOjE="
ORDERS = 1000
CONNECTIONS = 16
ROUNDS = 3
SECONDS = 5.0

LEAST_RATE = 3300
LEAST_OF_PEER = 0.90
LEAST_PER_MARK = 10


def figures(server: str) -> Iterator[Figure]:
    """The peer's figures are missing where there is no Node."""
    sender = Sender()
    requests = sender.requests(PATH, ORDERS)
    with stage.app(server) as app, _peer(sender) as peer_port:
        _install(app, sender)
        with app.web():
            ours, theirs = _take_turns(requests, [app.port] if peer_port is None else [app.port, peer_port])
        yield at_least("door_requests_per_second", _rate(ours), LEAST_RATE)
        yield at_least("door_webhooks_per_mark", _per_mark(app, ours), LEAST_PER_MARK)
        if theirs:
            yield at_least("door_to_plain_node", _rate(ours) / _rate(theirs), LEAST_OF_PEER)
            p99, of_peer = _p99_ms(ours), _p99_ms(theirs)
            yield Figure("door_p99_ms", f"{p99:.1f}", f"<{of_peer:.1f}", p99 < of_peer)


def _install(app: stage.App, sender: Sender) -> None:
    with app.runtime.engine.begin() as connection:
        row = {"api_url": API_URL, "app_id": APP_ID, "token": "", "jwks": sender.jwks}
        connection.execute(insert(Shop).values(row))


@contextlib.contextmanager
def _peer(sender: Sender) -> Iterator[int | None]:
    """The same work in plain Node, where that is installed. Yields its port."""
    node = shutil.which("node")
    if node is None:
        yield None
        return
    port = stage.free_port()
    with tempfile.TemporaryDirectory(prefix="dueback-bench-") as name:
        folder = Path(name)
        store, journal = folder / "shops.json", folder / "events.jsonl"
        store.write_text(json.dumps({API_URL: {"jwks": json.dumps(sender.jwks)}}))
        with stage.running([node, str(PEER), str(port), str(store), str(journal)], folder / "peer.log"):
            stage.wait_for(lambda: stage.is_open(port), "the Node peer", 0.1)
            yield port


def _take_turns(requests: Sequence[bytes], ports: Sequence[int]) -> tuple[list[Load], list[Load]]:
    """Rounds of one and the other, so that what else the machine does meets both; the first of each warms up."""
    runs: tuple[list[Load], list[Load]] = ([], [])
    for _ in range(ROUNDS + 1):
        for loads, port in zip(runs, ports, strict=False):
            load = press(port, requests, connections=CONNECTIONS, seconds=SECONDS, expect=b"HTTP/1.1 202")
            if load.refused:
                raise RuntimeError(f"{load.refused} requests were not accepted.")
            loads.append(load)
    return runs[0][1:], runs[1][1:]


def _per_mark(app: stage.App, loads: Sequence[Load]) -> float:
    """Webhooks for each mark they left; 0 where not every order that was named is marked."""
    with app.runtime.engine.connect() as connection:
        marks = connection.scalar(select(func.count()).select_from(Mark))
    return sum(len(load.latencies) for load in loads) / ORDERS if marks == ORDERS else 0.0


def _rate(loads: Sequence[Load]) -> float:
    return statistics.median(load.rate for load in loads)


def _p99_ms(loads: Sequence[Load]) -> float:
    return statistics.median(load.percentile(0.99) for load in loads) * 1000
