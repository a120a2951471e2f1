"""Run every benchmark, or those named: `python -m bench door sweep`. Ends with 1 where a figure falls short.

Each line is `name value goal ok|short`. Where other work shares the machine, single figures may fall short by chance.
"""

import sys
from collections.abc import Callable, Iterator, Mapping

from bench import burst, door, memory, planning, ruling, stage, sweep, wake, writeback
from bench.figure import Figure

ON_ITS_OWN: Mapping[str, Callable[[str], Iterator[Figure]]] = {"planning": planning.figures, "door": door.figures}
# In this order: the last one changes what the scene holds.
IN_A_SHOP: Mapping[str, Callable[[stage.Scene], Iterator[Figure]]] = {
    "sweep": sweep.figures,
    "writeback": writeback.figures,
    "burst": burst.figures,
    "wake": wake.figures,
    "ruling": ruling.figures,
    "memory": memory.figures,
}
VARIANTS = 10_000


def main(names: list[str]) -> int:
    if unknown := set(names) - {*ON_ITS_OWN, *IN_A_SHOP}:
        print(f"There is no {', '.join(sorted(unknown))}. There are {', '.join([*ON_ITS_OWN, *IN_A_SHOP])}.")
        return 2
    short = 0
    for figure in _figures(names):
        print(figure, flush=True)
        short += not figure.ok
    return 1 if short else 0


def _figures(names: list[str]) -> Iterator[Figure]:
    with stage.database_server() as server:
        for name in _wanted(ON_ITS_OWN, names):
            yield from ON_ITS_OWN[name](server)
        if subjects := _wanted(IN_A_SHOP, names):
            with stage.scene(server, VARIANTS) as scene:
                for name in subjects:
                    yield from IN_A_SHOP[name](scene)


def _wanted(subjects: Mapping[str, object], names: list[str]) -> list[str]:
    return [name for name in subjects if name in names or not names]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
