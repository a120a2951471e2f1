"""The files beside the code: GraphQL documents and the manifest. In a wheel they travel under `app/_resources`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_IN_WHEEL = Path(__file__).parent / "_resources"
_ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else Path(__file__).parent.parent


@cache
def document(name: str) -> str:
    """The text of a GraphQL document: `document("saleor/queries/variants")`. Raises FileNotFoundError."""
    return (_ROOT / "graphql" / f"{name}.graphql").read_text(encoding="utf-8")


def manifest() -> dict[str, Any]:
    """The app's manifest as it stands in the file, without addresses."""
    found: dict[str, Any] = json.loads((_ROOT / "manifest.json").read_text(encoding="utf-8"))
    return found
