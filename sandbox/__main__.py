"""``python -m sandbox``: run a shop until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from . import seed, serve


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sandbox", description="A small shop that speaks a part of Saleor's API.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--data", type=Path, default=None, help="directory to keep the shop in; without it all is lost")
    parser.add_argument("--seed", action="store_true", help="start a new shop with a small catalogue")
    options = parser.parse_args(arguments)
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    with serve(options.port, options.data) as server:
        if options.seed:
            seed(server.shop)
        sys.stdout.write(f"shop {server.origin}/  API {server.url}\n")
        sys.stdout.flush()
        over.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
