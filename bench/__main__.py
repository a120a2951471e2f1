"""Run every benchmark, or those named: `python -m bench door sweep`. Ends with 1 where a figure falls short."""

import sys
from collections.abc import Callable, Iterator, Mapping

from bench import door, stage
from bench.figure import Figure

SUBJECTS: Mapping[str, Callable[[str], Iterator[Figure]]] = {"door": door.figures}


def main(names: list[str]) -> int:
    enough = True
    with stage.database_server() as server:
        for name in names or SUBJECTS:
            for figure in SUBJECTS[name](server):
                print(figure, flush=True)
                enough = enough and figure.ok
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
