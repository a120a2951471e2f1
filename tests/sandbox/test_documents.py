"""Every document of the app and of the scenarios can be asked of the sandbox."""

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import parse, validate

from sandbox.server import schema

ROOT = Path(__file__).parents[2]
APP = ROOT / "graphql" / "saleor"
SCENARIOS = ROOT / "tests" / "live" / "documents.py"


def documents() -> Iterator[tuple[str, str]]:
    """Name and text: the app's files, and the scenarios' constants."""
    for path in sorted(APP.rglob("*.graphql")):
        yield str(path.relative_to(APP)), path.read_text()
    if SCENARIOS.exists():
        module = importlib.import_module("tests.live.documents")
        for name, text in vars(module).items():
            if isinstance(text, str) and re.match(r"\s*(query|mutation|subscription)\b", text):
                yield name, text


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in documents()])
def test_it_is_valid_against_the_sandbox(text: str) -> None:
    assert [error.message for error in validate(schema(), parse(text))] == []
