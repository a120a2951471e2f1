"""`python -m bench.shop PORT VARIANTS`: a big sandbox shop in a process of its own, until it is told to stop."""

import signal
import sys

import sandbox


def main(port: int, variants: int) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = sandbox.Server(port)
    sandbox.fill(server.shop, variants)
    with server.start():
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
