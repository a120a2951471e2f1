"""A worker that kills itself in the middle of one step: observe, decide, apply or repair, its only argument."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from app import book, publish
from app.cli import main
from app.platforms import SetStock
from app.platforms.saleor import Saleor


def dying_after(step: Callable[..., Any], when: Callable[..., bool] = lambda *_args: True) -> Callable[..., Any]:
    """The step, and death right after it."""

    def do_and_die(*args: Any, **options: Any) -> Any:
        done = step(*args, **options)
        if when(*args):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return do_and_die


def writes_real_stock(_shop: Saleor, changes: list[Any]) -> bool:
    """Whether it is the correction of a shipment: one existing stock row and nothing else."""
    return len(changes) == 1 and isinstance(changes[0], SetStock) and changes[0].exists


def writes_anything(_shop: Saleor, changes: list[Any]) -> bool:
    return bool(changes)


match sys.argv.pop():
    case "observe":
        book.record_variants = dying_after(book.record_variants)
    case "decide":
        publish.wishes = dying_after(publish.wishes)
    case "apply":
        Saleor.write = dying_after(Saleor.write, writes_anything)  # type: ignore[method-assign]
    case "repair":
        Saleor.write = dying_after(Saleor.write, writes_real_stock)  # type: ignore[method-assign]
    case other:
        raise SystemExit(f"There is no step {other}.")

sys.argv = ["dueback", "worker"]
main()
