"""A small shop that speaks the part of Saleor's API that Dueback uses, with Saleor's own quirks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .bulk import fill
from .seed import seed
from .server import Server


def serve(port: int = 0, data_dir: Path | str | None = None, **switches: Any) -> Server:
    """Start a shop on 127.0.0.1 and return its handle, which is a context manager.

    ``port`` 0 takes any free one. Without ``data_dir`` it forgets everything when it stops. ``switches`` are those of
    ``state.switches.Switches``.
    """
    return Server(port, Path(data_dir) if data_dir is not None else None, **switches).start()


__all__ = ["Server", "fill", "seed", "serve"]
