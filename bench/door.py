"""The door: how many webhooks a second it keeps durably, beside the same work in plain Node.

Requests are signed beforehand (RSA 3072, as Saleor's keys) and sent over 16 keep-alive connections by one process of
ours. That process, the server and PostgreSQL share the machine; on two cores the sending takes about a twentieth of
them. Against a server that does nothing the same sender gets over 40,000 answers a second: it sets no limit here.

What the ratios stand for: the goals are twice the requests of the official Node kit in Next.js, and a lower p99. That
kit is not installed for a benchmark. Measured side by side in one run (kit 1.15, Next.js 16.4, its file store, nothing
kept) the door took 3,554 requests a second with a p99 of 10.4 ms, the kit 1,528 with 23.5, and the peer here, which
takes the kit's own steps on bare Node and writes durably, 3,816 with 9.3. So twice the kit is 0.80 of the peer, and its
p99 2.5 times the peer's. The two keep their events differently: we commit marks to PostgreSQL and ask for a job, the
peer appends to a file.
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
from bench.figure import Figure, at_least, at_most
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
LEAST_OF_PEER = 0.80
MOST_P99_OF_PEER = 2.0
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
            yield at_most("door_p99_to_plain_node", _p99_ms(ours) / _p99_ms(theirs), MOST_P99_OF_PEER)


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
